package io.rioreactive.test;

import io.rioreactive.kernel.PacketInfo;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketAddressFormat;
import java.net.InetSocketAddress;

/**
 * Where and how a datagram comes to a socket with packet info: what a test lets the kernel tell.
 *
 * @param localAddress the address it was sent to
 * @param isGroup whether that is a multicast or broadcast address, from which no answer can leave
 * @param interfaceIndex the number of the interface; 0 if it is not to be known
 * @param hopLimit 0 to 255; -1 if it is not to be known
 * @param trafficClass 0 to 255; -1 if it is not to be known
 */
public record Arrival(
    InetSocketAddress localAddress,
    boolean isGroup,
    int interfaceIndex,
    int hopLimit,
    int trafficClass) {

  /** Checks the numbers. */
  public Arrival {
    requireByte("hopLimit", hopLimit);
    requireByte("trafficClass", trafficClass);
  }

  private static void requireByte(String name, int value) {
    if (value < PacketInfo.NOT_TOLD || value > 255) {
      throw new IllegalArgumentException(name + " is " + value + ": allowed are -1 to 255");
    }
  }

  /** At an address of this machine. */
  public static Arrival at(InetSocketAddress localAddress) {
    return new Arrival(localAddress, false, 0, PacketInfo.NOT_TOLD, PacketInfo.NOT_TOLD);
  }

  /** At a multicast or broadcast address. */
  public static Arrival atGroup(InetSocketAddress group) {
    return new Arrival(group, true, 0, PacketInfo.NOT_TOLD, PacketInfo.NOT_TOLD);
  }

  /** The same by an interface. */
  public Arrival by(int interfaceIndex) {
    return new Arrival(localAddress, isGroup, interfaceIndex, hopLimit, trafficClass);
  }

  /** The same with a hop limit and a traffic class. */
  public Arrival with(int hopLimit, int trafficClass) {
    return new Arrival(localAddress, isGroup, interfaceIndex, hopLimit, trafficClass);
  }

  /** Writes it to a slot. */
  void writeTo(SlotRegion slots, int slot, SocketAddressFormat format) {
    long info = slots.infoAt(slot);
    if (!format.write(slots.memory(), info, localAddress)) {
      throw new IllegalArgumentException(localAddress + " is IPv6 and the socket is IPv4");
    }
    int origin = isGroup ? PacketInfo.INTERFACE : PacketInfo.ADDRESS;
    PacketInfo.setOrigin(slots.memory(), info, origin, interfaceIndex);
    PacketInfo.setHopLimit(slots.memory(), info, hopLimit);
    PacketInfo.setTrafficClass(slots.memory(), info, trafficClass);
  }
}
