package io.rioreactive.benchmarks.contender;

import java.io.IOException;
import reactor.netty.resources.LoopResources;
import reactor.netty.udp.UdpServer;

/**
 * reactor-netty with nothing set. Which transport that is depends on the class path and the JVM, as
 * its reference guide says ("Native Transport"): io_uring with Netty's jar for it, else epoll, and
 * NIO with {@code -Dreactor.netty.native=false}. The driver starts it in each of the three ways.
 */
final class ReactorNettyDefault implements Contender {

  private ReactorNettyDefault() {}

  public static void main(String[] args) throws IOException {
    ContenderProcess.run(new ReactorNettyDefault(), args);
  }

  @Override
  public Service start(Task task, Tally tally) {
    UdpServer server = UdpServer.create();
    if (task.sockets() > 1) { // all on one thread, as everybody's
      server = server.runOn(LoopResources.create("one", 1, true));
    }
    return ReactorNettyServers.bind(server, task, tally);
  }
}
