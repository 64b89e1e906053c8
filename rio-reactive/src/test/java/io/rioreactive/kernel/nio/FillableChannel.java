package io.rioreactive.kernel.nio;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.MembershipKey;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A channel over another that behaves as a loopback interface never does, when the test says so:
 * its send buffer is full, its receives fail.
 */
final class FillableChannel extends DatagramChannel {

  private final DatagramChannel real;
  private int room = Integer.MAX_VALUE;
  private @Nullable IOException failure;
  private final Deque<IOException> writeFailures = new ArrayDeque<>();
  private final Deque<IOException> connectFailures = new ArrayDeque<>();

  FillableChannel(DatagramChannel real) {
    super(real.provider());
    this.real = real;
  }

  /** How many datagrams the buffer takes from now on. */
  void room(int datagrams) {
    room = datagrams;
  }

  /** What all receives throw from now on; null for none. */
  void failReceives(@Nullable IOException failure) {
    this.failure = failure;
  }

  /** What the next writes throw. */
  void failWrites(int count, IOException failure) {
    writeFailures.addAll(Collections.nCopies(count, failure));
  }

  /** What the next connects throw. */
  void failConnects(int count, IOException failure) {
    connectFailures.addAll(Collections.nCopies(count, failure));
  }

  @Override
  public int send(ByteBuffer source, SocketAddress target) throws IOException {
    if (room == 0) {
      return 0;
    }
    room--;
    return real.send(source, target);
  }

  @Override
  public @Nullable SocketAddress receive(ByteBuffer target) throws IOException {
    if (failure != null) {
      throw failure;
    }
    return real.receive(target);
  }

  @Override
  protected void implCloseSelectableChannel() throws IOException {
    real.close();
  }

  @Override
  protected void implConfigureBlocking(boolean block) {
    throw new UnsupportedOperationException();
  }

  @Override
  public DatagramChannel bind(SocketAddress local) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T> DatagramChannel setOption(SocketOption<T> name, T value) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T> T getOption(SocketOption<T> name) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() {
    throw new UnsupportedOperationException();
  }

  @Override
  public DatagramSocket socket() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isConnected() {
    return real.isConnected();
  }

  @Override
  public DatagramChannel connect(SocketAddress remote) throws IOException {
    IOException planned = connectFailures.poll();
    if (planned != null) {
      throw planned;
    }
    real.connect(remote);
    return this;
  }

  @Override
  public DatagramChannel disconnect() throws IOException {
    real.disconnect();
    return this;
  }

  @Override
  public SocketAddress getRemoteAddress() {
    throw new UnsupportedOperationException();
  }

  @Override
  public SocketAddress getLocalAddress() throws IOException {
    return real.getLocalAddress();
  }

  @Override
  public int read(ByteBuffer target) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long read(ByteBuffer[] targets, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    IOException planned = writeFailures.poll();
    if (planned != null) {
      throw planned;
    }
    if (room == 0) {
      return 0;
    }
    room--;
    return real.write(source);
  }

  @Override
  public long write(ByteBuffer[] sources, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public MembershipKey join(InetAddress group, NetworkInterface on) {
    throw new UnsupportedOperationException();
  }

  @Override
  public MembershipKey join(InetAddress group, NetworkInterface on, InetAddress source) {
    throw new UnsupportedOperationException();
  }
}
