package io.rioreactive.test;

import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SocketConfig;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.OptionalInt;
import java.util.Set;

/**
 * No network: a port is taken once, whatever the address, and what is sent stays with its socket,
 * for the test to look at. Guarded by the kernel's lock.
 */
final class LooseEnds implements Wire {

  private final Set<Integer> portsInUse = new HashSet<>();
  private final PortPicker ports = new PortPicker();
  private final EventLog log = EventLog.withoutTime();

  @Override
  public EventLog log() {
    return log;
  }

  @Override
  public boolean checksThoroughly() {
    return true;
  }

  @Override
  public InetSocketAddress bind(SocketConfig config) throws BindException {
    InetSocketAddress wanted = config.bindAddress();
    int port = wanted.getPort() == 0 ? ports.pick(portsInUse::contains) : wanted.getPort();
    if (!portsInUse.add(port)) {
      throw PortPicker.inUse(wanted);
    }
    return new InetSocketAddress(wanted.getAddress(), port);
  }

  @Override
  public void onOpened(SocketState socket) {
    log.add(0, EventLog.Kind.BIND, socket);
  }

  @Override
  public void onClosed(SocketState socket) {
    log.add(0, EventLog.Kind.CLOSE, socket);
    portsInUse.remove(socket.boundAddress().getPort());
  }

  @Override
  public void onConnected(SocketState socket) {}

  @Override
  public int send(SocketState socket, int slot, int length) {
    log.add(0, EventLog.Kind.SEND, socket, length, null);
    socket.sends().record(slot, length);
    return RequestQueue.ACCEPTED;
  }

  @Override
  public OptionalInt pathMtu(SocketState socket) {
    return OptionalInt.empty();
  }
}
