package io.rioreactive.soak;

import java.io.IOException;

/** The process is stopped, by SIGSTOP, while datagrams pour in, and goes on later. */
final class StoppedProcess implements Fault {

  @Override
  public String name() {
    return "stopped-process";
  }

  @Override
  public String strike(Scene scene) throws IOException, InterruptedException {
    int millis = scene.millis(100, 700);
    long pid = scene.server().pid();
    Programs.run("sh", "-c", "kill -STOP " + pid);
    try {
      scene.load().flood();
      Thread.sleep(millis);
      scene.load().run();
    } finally {
      Programs.run("sh", "-c", "kill -CONT " + pid);
    }
    return "it stood still for " + millis + " ms";
  }
}
