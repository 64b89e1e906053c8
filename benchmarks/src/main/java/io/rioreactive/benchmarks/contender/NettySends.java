package io.rioreactive.benchmarks.contender;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.SegmentedDatagramPacket;
import java.net.InetSocketAddress;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Sends with Netty as fast as it can: on the event loop, flushed after 64 messages so that they
 * leave in one sendmmsg, with the void promise, and no more while the channel is not writable. All
 * messages share the bytes, unless it gathers: then each datagram is copied to where its run
 * stands.
 */
final class NettySends extends ChannelInboundHandlerAdapter {

  private static final int FLUSH_AFTER = 64;

  private final Channel channel;
  private final Iterator<InetSocketAddress> targets;
  private final int size;
  private final int segments;
  private final boolean gathers;
  private final ByteBuf payload;
  private final CompletableFuture<Void> done = new CompletableFuture<>();

  private NettySends(Channel channel, Turns turns, int size, int segments, boolean gathers) {
    this.channel = channel;
    this.size = size;
    this.segments = segments;
    this.gathers = gathers;
    targets = turns.iterator();
    payload = payload(size * segments);
  }

  /**
   * How to send by a channel.
   *
   * @param segments datagrams in a message, which the kernel cuts; 1 for plain ones
   */
  static Consumer<Turns> by(Channel channel, int size, int segments) {
    return turns -> new NettySends(channel, turns, size, segments, false).run();
  }

  /** The same for datagrams that do not stand one behind the other before. */
  static Consumer<Turns> gathering(Channel channel, int size, int segments) {
    return turns -> new NettySends(channel, turns, size, segments, true).run();
  }

  static ByteBuf payload(int size) {
    return Unpooled.directBuffer(size).writeZero(size);
  }

  private void run() {
    channel.pipeline().addLast(this);
    channel.eventLoop().execute(this::write);
    done.join();
    channel.pipeline().remove(this);
    payload.release();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (channel.isWritable()) {
      channel.eventLoop().execute(this::write); // not within the flush that tells of it
    }
  }

  private void write() {
    while (channel.isWritable() && targets.hasNext()) {
      for (int i = 0; i < FLUSH_AFTER && targets.hasNext(); i++) {
        writeNext();
      }
      channel.flush();
    }
  }

  private ByteBuf run(int count) {
    if (!gathers) {
      return payload.retainedSlice(0, count * size);
    }
    ByteBuf run = channel.alloc().directBuffer(count * size);
    for (int i = 0; i < count; i++) {
      run.writeBytes(payload, 0, size);
    }
    return run;
  }

  private void writeNext() {
    InetSocketAddress target = targets.next();
    int count = 1;
    while (count < segments && targets.hasNext()) {
      targets.next(); // a run has one peer
      count++;
    }
    DatagramPacket packet =
        segments == 1
            ? new DatagramPacket(payload.retainedDuplicate(), target)
            : new SegmentedDatagramPacket(run(count), size, target);
    if (targets.hasNext()) {
      channel.write(packet, channel.voidPromise());
    } else {
      channel.write(packet).addListener(sent -> done.complete(null));
    }
  }
}
