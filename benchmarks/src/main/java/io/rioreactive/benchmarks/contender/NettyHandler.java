package io.rioreactive.benchmarks.contender;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;

/**
 * What Netty's contenders do with a datagram. The echo sends the same buffer back, without a copy;
 * flushed once a read is complete, so that what was read together is sent together, and with the
 * void promise, which costs nothing.
 */
@Sharable
final class NettyHandler extends ChannelInboundHandlerAdapter {

  private final Task task;
  private final Tally tally;

  NettyHandler(Task task, Tally tally) {
    this.task = task;
    this.tally = tally;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    DatagramPacket packet = (DatagramPacket) message;
    ByteBuf content = packet.content();
    tally.on(task, content.getLong(content.readerIndex()));
    if (task.isEcho()) {
      flip(content, task);
      tally.onReply();
      context.write(new DatagramPacket(content, packet.sender()), context.voidPromise());
    } else {
      packet.release();
    }
  }

  static void flip(ByteBuf content, Task task) {
    if (task.flipMask() != 0) {
      int index = content.readerIndex() + task.flipIndex();
      content.setByte(index, content.getByte(index) ^ task.flipMask());
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    if (task.isEcho()) {
      context.flush();
    }
  }
}
