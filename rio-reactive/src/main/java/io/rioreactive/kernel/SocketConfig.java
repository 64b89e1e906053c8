package io.rioreactive.kernel;

import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.util.Map;

/**
 * What a socket is to be.
 *
 * @param bindAddress resolved address to bind; port 0 lets the system pick one
 * @param receiveSlots how many receives can be posted
 * @param sendSlots how many sends can be in flight
 * @param datagramSize the most bytes of payload, in both directions
 * @param packetInfo whether each datagram is to tell its local end ({@link PacketInfo}); asked of
 *     kernels with {@link Feature#PACKET_INFO} only
 * @param segmentation whether runs of sends may leave as one message; without effect on kernels
 *     that have no {@link Feature#SEGMENTATION}
 * @param coalescing whether several datagrams may be read at once and wait, though they are more
 *     than what is posted; asked of kernels with {@link Feature#COALESCING} only
 * @param options socket options the user set; {@link java.net.StandardSocketOptions} and {@link
 *     IpSocketOptions} with checked values. Sizes of buffers that the user did not set are the
 *     kernel's to choose: room for all slots
 */
public record SocketConfig(
    InetSocketAddress bindAddress,
    int receiveSlots,
    int sendSlots,
    int datagramSize,
    boolean packetInfo,
    boolean segmentation,
    boolean coalescing,
    Map<SocketOption<?>, Object> options) {

  /** With none of what a kernel may be able to do besides. */
  public SocketConfig(
      InetSocketAddress bindAddress,
      int receiveSlots,
      int sendSlots,
      int datagramSize,
      Map<SocketOption<?>, Object> options) {
    this(bindAddress, receiveSlots, sendSlots, datagramSize, false, false, false, options);
  }

  /** Copies the options. */
  public SocketConfig {
    options = Map.copyOf(options);
  }

  /** The value the user set, or the fallback. */
  public <T> T option(SocketOption<T> option, T fallback) {
    Object value = options.get(option);
    return value == null ? fallback : option.type().cast(value);
  }
}
