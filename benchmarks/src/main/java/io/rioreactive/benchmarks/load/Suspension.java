package io.rioreactive.benchmarks.load;

import java.io.IOException;

/** Stops processes and has them go on: one that polls would take the core from whose turn it is. */
public final class Suspension {

  private static final int SIGCONT = 18;
  private static final int SIGSTOP = 19;

  private Suspension() {}

  /** No thread of the process runs from now on. */
  public static void stop(long pid) throws IOException {
    Libc.check("kill SIGSTOP", Libc.kill((int) pid, SIGSTOP));
  }

  /** All go on; nothing happens where none was stopped. */
  public static void resume(long pid) throws IOException {
    Libc.check("kill SIGCONT", Libc.kill((int) pid, SIGCONT));
  }
}
