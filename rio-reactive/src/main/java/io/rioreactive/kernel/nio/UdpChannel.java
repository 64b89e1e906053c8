package io.rioreactive.kernel.nio;

import io.rioreactive.kernel.SocketAddressFormat;
import io.rioreactive.kernel.SocketConfig;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bound channel, as the system granted it, and the way there.
 *
 * <p>Opening leaves no descriptor behind when it fails. Closing is not done here. Options that the
 * user did not set keep the JDK's defaults, but for the sizes of the buffers; SO_REUSEADDR is off
 * then.
 *
 * @param channel the channel, non-blocking
 * @param format how addresses are written for it
 * @param localAddress what it is bound to, with the port the system picked
 * @param receiveBuffer bytes of its receive buffer, as the JDK tells
 * @param sendBuffer bytes of its send buffer, as the JDK tells
 */
record UdpChannel(
    DatagramChannel channel,
    SocketAddressFormat format,
    InetSocketAddress localAddress,
    int receiveBuffer,
    int sendBuffer) {

  private static final Logger LOG = LoggerFactory.getLogger(UdpChannel.class);

  /** Linux's; any would do, since no system call sees what is written with it. */
  private static final int AF_INET6 = 10;

  /** What a waiting datagram costs the buffer besides its payload; an estimate. */
  private static final int OVERHEAD_PER_DATAGRAM = 512;

  /** Below this much nobody refuses a size. */
  private static final int LEAST_BUFFER = 4_096;

  /** Opens, sets up and binds a channel. */
  static UdpChannel open(SocketConfig config) throws IOException {
    boolean isIpv6 = config.bindAddress().getAddress() instanceof Inet6Address;
    DatagramChannel channel = openChannel(isIpv6);
    boolean isOpen = false;
    try {
      channel.configureBlocking(false);
      makeRoom(channel, StandardSocketOptions.SO_RCVBUF, config.receiveSlots(), config);
      makeRoom(channel, StandardSocketOptions.SO_SNDBUF, config.sendSlots(), config);
      setOptions(channel, config);
      bind(channel, config.bindAddress());
      UdpChannel bound =
          new UdpChannel(
              channel,
              new SocketAddressFormat(AF_INET6, isIpv6),
              (InetSocketAddress) channel.getLocalAddress(),
              channel.getOption(StandardSocketOptions.SO_RCVBUF),
              channel.getOption(StandardSocketOptions.SO_SNDBUF));
      isOpen = true;
      return bound;
    } finally {
      if (!isOpen) {
        channel.close();
      }
    }
  }

  /** The JDK makes IPv6 sockets that take IPv4 as well. */
  private static DatagramChannel openChannel(boolean isIpv6) throws IOException {
    try {
      return DatagramChannel.open(
          isIpv6 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET);
    } catch (UnsupportedOperationException e) {
      throw new IOException(
          (isIpv6 ? "IPv6" : "IPv4") + " is not available here: bind an address of the other", e);
    } catch (IOException e) {
      throw NioKernel.refused("open a datagram channel", e);
    }
  }

  /** Asks for room for all slots, unless the user did or there is. Less is taken in silence. */
  private static void makeRoom(
      DatagramChannel channel, SocketOption<Integer> option, int slots, SocketConfig config)
      throws IOException {
    long room = slots * (long) (config.datagramSize() + OVERHEAD_PER_DATAGRAM);
    if (!config.options().containsKey(option) && room > channel.getOption(option)) {
      askFor(channel, option, (int) Math.min(room, Integer.MAX_VALUE));
    }
  }

  /** Some systems grant what they can, others refuse: these are asked for less. */
  private static void askFor(DatagramChannel channel, SocketOption<Integer> option, int bytes)
      throws IOException {
    int asked = bytes;
    while (true) {
      try {
        channel.setOption(option, asked);
        return;
      } catch (SocketException refused) {
        if (asked <= LEAST_BUFFER) {
          return;
        }
        asked /= 2;
      }
    }
  }

  private static void setOptions(DatagramChannel channel, SocketConfig config) throws IOException {
    for (Map.Entry<SocketOption<?>, Object> option : config.options().entrySet()) {
      if (option.getKey().equals(StandardSocketOptions.SO_RCVBUF)) {
        setBuffer(channel, StandardSocketOptions.SO_RCVBUF, config);
      } else if (option.getKey().equals(StandardSocketOptions.SO_SNDBUF)) {
        setBuffer(channel, StandardSocketOptions.SO_SNDBUF, config);
      } else {
        setOption(channel, option.getKey(), option.getValue());
      }
    }
  }

  private static void setBuffer(
      DatagramChannel channel, SocketOption<Integer> option, SocketConfig config)
      throws IOException {
    int asked = config.option(option, 0);
    askFor(channel, option, asked);
    int granted = channel.getOption(option);
    if (granted < asked) {
      LOG.warn(
          "{} of the socket on {}: asked for {} bytes, the system granted {}."
              + " Raise the system's limit to get more",
          option,
          SocketAddressFormat.text(config.bindAddress()),
          asked,
          granted);
    }
  }

  private static <T> void setOption(DatagramChannel channel, SocketOption<T> option, Object value)
      throws IOException {
    try {
      channel.setOption(known(channel, option), option.type().cast(value));
    } catch (UnsupportedOperationException | IOException e) {
      throw new IOException(
          "setting %s to %s failed: %s: leave it out, or choose another provider"
              .formatted(option, value, e.getMessage()),
          e);
    }
  }

  /** The JDK's own where it has one of that name: IP_DONTFRAGMENT is in a module of its own. */
  @SuppressWarnings("unchecked") // of the same name and type
  private static <T> SocketOption<T> known(DatagramChannel channel, SocketOption<T> option) {
    return (SocketOption<T>)
        channel.supportedOptions().stream()
            .filter(its -> its.name().equals(option.name()) && its.type() == option.type())
            .findFirst()
            .orElse(option);
  }

  private static void bind(DatagramChannel channel, InetSocketAddress address) throws IOException {
    try {
      channel.bind(address);
    } catch (BindException e) {
      BindException told =
          new BindException(
              ("bind %s failed: %s: another socket may have the port, the address may not be this"
                      + " machine's, or the port may need a permission (on Linux one below 1024"
                      + " CAP_NET_BIND_SERVICE, or a lower net.ipv4.ip_unprivileged_port_start)")
                  .formatted(SocketAddressFormat.text(address), e.getMessage()));
      told.initCause(e);
      throw told;
    } catch (SocketException e) {
      throw new IOException(
          "bind %s failed: %s".formatted(SocketAddressFormat.text(address), e.getMessage()), e);
    }
  }
}
