package io.rioreactive.benchmarks.contender;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.List;

/** The JDK's DatagramChannel, blocking, on one thread: the least a Java program can write. */
final class Channels implements Contender {

  private Channels() {}

  public static void main(String[] args) throws IOException {
    ContenderProcess.run(new Channels(), args);
  }

  @Override
  public Service start(Task task, Tally tally) throws IOException {
    if (task.sockets() > 1) {
      throw new UnsupportedOperationException("a blocking channel has a thread of its own");
    }
    DatagramChannel channel = DatagramChannel.open();
    if (task.receiveBuffer() > 0) {
      channel.setOption(StandardSocketOptions.SO_RCVBUF, task.receiveBuffer());
    }
    channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    Thread.ofPlatform().daemon().name("channel").start(() -> serve(channel, task, tally));
    int port = ((InetSocketAddress) channel.getLocalAddress()).getPort();
    return new Service() {
      @Override
      public List<Integer> ports() {
        return List.of(port);
      }

      @Override
      public void send(Turns turns) {
        sendAll(channel, task.size(), turns);
      }

      @Override
      public String transport() {
        return "DatagramChannel, blocking";
      }
    };
  }

  private static void sendAll(DatagramChannel channel, int size, Turns turns) {
    ByteBuffer payload = ByteBuffer.allocateDirect(size);
    try {
      for (InetSocketAddress target : turns) {
        channel.send(payload.clear(), target);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void serve(DatagramChannel channel, Task task, Tally tally) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(Task.SLOT);
    try {
      while (true) {
        SocketAddress peer = channel.receive(buffer.clear());
        buffer.flip();
        tally.on(task, buffer.getLong(0));
        if (task.isEcho() && peer != null) {
          buffer.put(task.flipIndex(), (byte) (buffer.get(task.flipIndex()) ^ task.flipMask()));
          channel.send(buffer, peer);
          tally.onReply();
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(e); // the driver sees that it has stopped
    }
  }
}
