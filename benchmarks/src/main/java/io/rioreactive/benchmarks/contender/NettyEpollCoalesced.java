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
import java.util.List;

/**
 * Netty on epoll with {@code EpollChannelOption.UDP_GRO} and buffers of 64 KiB. Netty cuts messages
 * apart itself, and hands each datagram to the handler by itself, as a slice. One message with each
 * call (recvmsg): with recvmmsg, as in {@link NettyEpollTuned}, Netty does not ask the kernel how
 * long the datagrams are (4.2.17, {@code netty_epoll_native_recvmmsg0}), and whole messages reach
 * the handler as if they were datagrams. Receives only.
 */
final class NettyEpollCoalesced implements Contender {

  static final int MESSAGE = 65_536;

  private NettyEpollCoalesced() {}

  public static void main(String[] args) throws IOException {
    ContenderProcess.run(new NettyEpollCoalesced(), args);
  }

  @Override
  public Service start(Task task, Tally tally) {
    Channel channel =
        new Bootstrap()
            .group(new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory()))
            .channelFactory(() -> new EpollDatagramChannel(InternetProtocolFamily.IPv4))
            .option(EpollChannelOption.UDP_GRO, true)
            .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(MESSAGE))
            .option(ChannelOption.SO_RCVBUF, task.receiveBuffer())
            .handler(new NettyHandler(task, tally))
            .bind(InetAddress.getLoopbackAddress(), 0)
            .syncUninterruptibly()
            .channel();
    return new NettyService(List.of(channel), NettySends.by(channel, task.size(), 1));
  }
}
