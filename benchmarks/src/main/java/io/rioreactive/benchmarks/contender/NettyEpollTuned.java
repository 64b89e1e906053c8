package io.rioreactive.benchmarks.contender;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.socket.InternetProtocolFamily;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Netty on epoll with recvmmsg. Netty reads with recvmmsg if MAX_DATAGRAM_PAYLOAD_SIZE is set, and
 * then as many datagrams at once as of that size fit the buffer that the receive allocator gives:
 * here 64 of 2,048 bytes (Javadoc of {@code EpollDatagramChannelConfig.setMaxDatagramPayloadSize}).
 * One event loop, since all sockets of a task share a thread.
 */
final class NettyEpollTuned implements Contender {

  private NettyEpollTuned() {}

  public static void main(String[] args) throws IOException {
    ContenderProcess.run(new NettyEpollTuned(), args);
  }

  @Override
  public Service start(Task task, Tally tally) {
    Bootstrap bootstrap =
        new Bootstrap()
            .group(new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory()))
            .channelFactory(() -> new EpollDatagramChannel(InternetProtocolFamily.IPv4))
            .option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, Task.SLOT)
            .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(64 * Task.SLOT))
            .handler(new NettyHandler(task, tally));
    if (task.receiveBuffer() > 0) {
      bootstrap.option(ChannelOption.SO_RCVBUF, task.receiveBuffer());
    }
    List<Channel> channels = new ArrayList<>();
    for (int i = 0; i < task.sockets(); i++) {
      channels.add(
          bootstrap.bind(InetAddress.getLoopbackAddress(), 0).syncUninterruptibly().channel());
    }
    return new NettyService(channels, NettySends.by(channels.getFirst(), task.size(), 1));
  }
}
