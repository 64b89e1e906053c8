package io.rioreactive.test;

import io.rioreactive.kernel.SocketConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.OptionalInt;

/**
 * A simulated kernel whose sockets reach each other: what one sends has arrived when its commit
 * returns. As with the kernel that is moved by hand, slots and threads are looked after.
 */
public final class JoinedKernel {

  private JoinedKernel() {}

  /** One that gives posted receives back. */
  public static SimulatedKernel withdrawingPosts() {
    return new SimulatedKernel(true, new ShortWire());
  }

  /** One that keeps them. */
  public static SimulatedKernel keepingPosts() {
    return new SimulatedKernel(false, new ShortWire());
  }

  /** The wire of a network without links: what leaves arrives. Guarded by the kernel's lock. */
  private static final class ShortWire implements Wire {

    private final NetworkWire network = new NetworkWire(1, () -> 0);

    @Override
    public boolean checksThoroughly() {
      return true;
    }

    @Override
    public EventLog log() {
      return network.log();
    }

    @Override
    public InetSocketAddress bind(SocketConfig config) throws IOException {
      return network.bind(config);
    }

    @Override
    public void onOpened(SocketState socket) {
      network.onOpened(socket);
    }

    @Override
    public void onClosed(SocketState socket) {
      network.onClosed(socket);
    }

    @Override
    public void onConnected(SocketState socket) {
      network.onConnected(socket);
    }

    @Override
    public int send(SocketState socket, int slot, int length) {
      int code = network.send(socket, slot, length);
      network.deliverDue(Integer.MAX_VALUE);
      return code;
    }

    @Override
    public OptionalInt pathMtu(SocketState socket) {
      return network.pathMtu(socket);
    }
  }
}
