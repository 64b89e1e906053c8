package io.rioreactive.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * How a membership stands in the argument of a system's call (RFC 3678), where the system is
 * native.
 *
 * <pre>
 * struct group_req        { u32 interface; sockaddr_storage group; };
 * struct group_source_req { u32 interface; sockaddr_storage group; sockaddr_storage source; };
 * </pre>
 *
 * @param afInet6 the system's number for IPv6
 * @param groupAt bytes before the group, in both
 * @param size bytes of a group_req
 * @param sourceAt bytes before the source
 * @param sizeWithSource bytes of a group_source_req
 */
public record GroupRequestFormat(
    int afInet6, long groupAt, long size, long sourceAt, long sizeWithSource) {

  /** Writes the struct that the membership needs, with a source or without: all of the segment. */
  public MemorySegment write(GroupMembership membership, Arena arena) {
    InetAddress group = membership.group();
    InetAddress source = membership.source();
    SocketAddressFormat format = new SocketAddressFormat(afInet6, group instanceof Inet6Address);
    MemorySegment request = arena.allocate(source == null ? size : sizeWithSource, Long.BYTES);
    request.set(JAVA_INT, 0, membership.interfaceIndex());
    format.write(request, groupAt, new InetSocketAddress(group, 0));
    if (source != null) {
      format.write(request, sourceAt, new InetSocketAddress(source, 0));
    }
    return request;
  }
}
