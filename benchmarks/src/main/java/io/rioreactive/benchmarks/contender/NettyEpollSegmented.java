package io.rioreactive.benchmarks.contender;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.socket.InternetProtocolFamily;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/**
 * Netty on epoll with {@code SegmentedDatagramPacket}, as its Javadoc says: the user gathers up to
 * 64 datagrams to one peer in one buffer, and the kernel cuts it (UDP_SEGMENT). Sends only.
 *
 * <p>The first argument is {@code gathers}, or {@code repeats}: the same buffer again and again,
 * with nothing written to it, which is what C does.
 */
final class NettyEpollSegmented implements Contender {

  private static final int MOST_SEGMENTS = 64;
  private static final int MOST_BYTES = 65_000;

  private final boolean gathers;

  private NettyEpollSegmented(boolean gathers) {
    this.gathers = gathers;
  }

  public static void main(String[] args) throws IOException {
    ContenderProcess.run(
        new NettyEpollSegmented(args[0].equals("gathers")),
        Arrays.copyOfRange(args, 1, args.length));
  }

  @Override
  public Service start(Task task, Tally tally) {
    Channel channel =
        new Bootstrap()
            .group(new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory()))
            .channelFactory(() -> new EpollDatagramChannel(InternetProtocolFamily.IPv4))
            .handler(new ChannelInboundHandlerAdapter())
            .bind(InetAddress.getLoopbackAddress(), 0)
            .syncUninterruptibly()
            .channel();
    int segments = Math.min(MOST_SEGMENTS, MOST_BYTES / task.size());
    return new NettyService(
        List.of(channel),
        gathers
            ? NettySends.gathering(channel, task.size(), segments)
            : NettySends.by(channel, task.size(), segments));
  }
}
