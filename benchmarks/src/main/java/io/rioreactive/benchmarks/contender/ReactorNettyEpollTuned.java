package io.rioreactive.benchmarks.contender;

import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.EpollChannelOption;
import java.io.IOException;
import reactor.netty.resources.LoopResources;
import reactor.netty.udp.UdpServer;

/**
 * reactor-netty on epoll with recvmmsg: the options of {@link NettyEpollTuned}, which reactor-netty
 * passes on to Netty. Started without Netty's jar for io_uring.
 */
final class ReactorNettyEpollTuned implements Contender {

  private ReactorNettyEpollTuned() {}

  public static void main(String[] args) throws IOException {
    ContenderProcess.run(new ReactorNettyEpollTuned(), args);
  }

  @Override
  public Service start(Task task, Tally tally) {
    UdpServer server =
        UdpServer.create()
            .runOn(LoopResources.create("one", 1, true))
            .option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, Task.SLOT)
            .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(64 * Task.SLOT));
    return ReactorNettyServers.bind(server, task, tally);
  }
}
