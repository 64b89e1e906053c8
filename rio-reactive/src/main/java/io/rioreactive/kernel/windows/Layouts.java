package io.rioreactive.kernel.windows;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.rioreactive.ffm.Struct;
import java.lang.foreign.MemoryLayout;

/**
 * The structs of the Windows SDK on 64-bit machines (x86-64 and ARM64 agree on these), each with
 * its C declaration. Pointers and handles are numbers.
 */
public final class Layouts {

  // ---- winsock2.h, ws2def.h

  /** {@code struct WSABUF { ULONG len; CHAR *buf; }}. */
  public static final Struct WSABUF = Struct.of("WSABUF", JAVA_INT.withName("len"), pointer("buf"));

  /**
   * {@code struct WSAMSG { LPSOCKADDR name; INT namelen; LPWSABUF lpBuffers; ULONG dwBufferCount;
   * WSABUF Control; ULONG dwFlags; }}.
   */
  public static final Struct WSAMSG =
      Struct.of(
          "WSAMSG",
          pointer("name"),
          JAVA_INT.withName("namelen"),
          pointer("lpBuffers"),
          JAVA_INT.withName("dwBufferCount"),
          WSABUF.as("Control"),
          JAVA_INT.withName("dwFlags"));

  /** {@code struct WSACMSGHDR { SIZE_T cmsg_len; INT cmsg_level; INT cmsg_type; }}. */
  public static final Struct WSACMSGHDR =
      Struct.of(
          "WSACMSGHDR",
          JAVA_LONG.withName("cmsg_len"),
          JAVA_INT.withName("cmsg_level"),
          JAVA_INT.withName("cmsg_type"));

  /**
   * {@code struct WSADATA { WORD wVersion; WORD wHighVersion; unsigned short iMaxSockets; unsigned
   * short iMaxUdpDg; char *lpVendorInfo; char szDescription[257]; char szSystemStatus[129]; }}, in
   * the order of 64-bit Windows.
   */
  public static final Struct WSADATA =
      Struct.of(
          "WSADATA",
          JAVA_SHORT.withName("wVersion"),
          JAVA_SHORT.withName("wHighVersion"),
          JAVA_SHORT.withName("iMaxSockets"),
          JAVA_SHORT.withName("iMaxUdpDg"),
          pointer("lpVendorInfo"),
          MemoryLayout.sequenceLayout(257, JAVA_BYTE).withName("szDescription"),
          MemoryLayout.sequenceLayout(129, JAVA_BYTE).withName("szSystemStatus"));

  /**
   * {@code struct sockaddr_in { ADDRESS_FAMILY sin_family; USHORT sin_port; IN_ADDR sin_addr; CHAR
   * sin_zero[8]; }}.
   */
  public static final Struct SOCKADDR_IN =
      Struct.of(
          "sockaddr_in",
          JAVA_SHORT.withName("sin_family"),
          JAVA_SHORT.withName("sin_port"),
          JAVA_INT.withName("sin_addr"),
          MemoryLayout.sequenceLayout(8, JAVA_BYTE).withName("sin_zero"));

  /**
   * {@code struct sockaddr_in6 { ADDRESS_FAMILY sin6_family; USHORT sin6_port; ULONG sin6_flowinfo;
   * IN6_ADDR sin6_addr; ULONG sin6_scope_id; }}; aligned to 4.
   */
  public static final Struct SOCKADDR_IN6 =
      Struct.of(
          "sockaddr_in6",
          JAVA_SHORT.withName("sin6_family"),
          JAVA_SHORT.withName("sin6_port"),
          JAVA_INT.withName("sin6_flowinfo"),
          MemoryLayout.sequenceLayout(4, JAVA_INT).withName("sin6_addr"),
          JAVA_INT.withName("sin6_scope_id"));

  /**
   * {@code union SOCKADDR_INET { SOCKADDR_IN Ipv4; SOCKADDR_IN6 Ipv6; ADDRESS_FAMILY si_family; }}.
   */
  public static final MemoryLayout SOCKADDR_INET =
      MemoryLayout.unionLayout(
              SOCKADDR_IN.as("Ipv4"), SOCKADDR_IN6.as("Ipv6"), JAVA_SHORT.withName("si_family"))
          .withName("SOCKADDR_INET");

  /**
   * {@code struct sockaddr_storage { ADDRESS_FAMILY ss_family; CHAR __ss_pad1[6]; __int64
   * __ss_align; CHAR __ss_pad2[112]; }}.
   */
  public static final Struct SOCKADDR_STORAGE =
      Struct.of(
          "sockaddr_storage",
          JAVA_SHORT.withName("ss_family"),
          MemoryLayout.sequenceLayout(6, JAVA_BYTE).withName("__ss_pad1"),
          JAVA_LONG.withName("__ss_align"),
          MemoryLayout.sequenceLayout(112, JAVA_BYTE).withName("__ss_pad2"));

  /** {@code struct ip_mreq { IN_ADDR imr_multiaddr; IN_ADDR imr_interface; }}. */
  public static final Struct IP_MREQ =
      Struct.of("ip_mreq", JAVA_INT.withName("imr_multiaddr"), JAVA_INT.withName("imr_interface"));

  /**
   * {@code struct ip_mreq_source { IN_ADDR imr_multiaddr; IN_ADDR imr_sourceaddr; IN_ADDR
   * imr_interface; }}; in another order than elsewhere.
   */
  public static final Struct IP_MREQ_SOURCE =
      Struct.of(
          "ip_mreq_source",
          JAVA_INT.withName("imr_multiaddr"),
          JAVA_INT.withName("imr_sourceaddr"),
          JAVA_INT.withName("imr_interface"));

  /** {@code struct ipv6_mreq { IN6_ADDR ipv6mr_multiaddr; ULONG ipv6mr_interface; }}. */
  public static final Struct IPV6_MREQ =
      Struct.of(
          "ipv6_mreq",
          MemoryLayout.sequenceLayout(4, JAVA_INT).withName("ipv6mr_multiaddr"),
          JAVA_INT.withName("ipv6mr_interface"));

  /** {@code struct in_pktinfo { IN_ADDR ipi_addr; ULONG ipi_ifindex; }}; not as elsewhere. */
  public static final Struct IN_PKTINFO =
      Struct.of("in_pktinfo", JAVA_INT.withName("ipi_addr"), JAVA_INT.withName("ipi_ifindex"));

  /** {@code struct in6_pktinfo { IN6_ADDR ipi6_addr; ULONG ipi6_ifindex; }}; aligned to 4. */
  public static final Struct IN6_PKTINFO =
      Struct.of(
          "in6_pktinfo",
          MemoryLayout.sequenceLayout(4, JAVA_INT).withName("ipi6_addr"),
          JAVA_INT.withName("ipi6_ifindex"));

  /** {@code struct group_req { ULONG gr_interface; SOCKADDR_STORAGE gr_group; }}. */
  public static final Struct GROUP_REQ =
      Struct.of("group_req", JAVA_INT.withName("gr_interface"), SOCKADDR_STORAGE.as("gr_group"));

  /**
   * {@code struct group_source_req { ULONG gsr_interface; SOCKADDR_STORAGE gsr_group;
   * SOCKADDR_STORAGE gsr_source; }}.
   */
  public static final Struct GROUP_SOURCE_REQ =
      Struct.of(
          "group_source_req",
          JAVA_INT.withName("gsr_interface"),
          SOCKADDR_STORAGE.as("gsr_group"),
          SOCKADDR_STORAGE.as("gsr_source"));

  /** {@code struct WSAPROTOCOL_INFOW { DWORD dwServiceFlags1; … }}: the part that is read. */
  public static final Struct WSAPROTOCOL_INFOW =
      Struct.of(
          "WSAPROTOCOL_INFOW",
          JAVA_INT.withName("dwServiceFlags1"),
          MemoryLayout.sequenceLayout(156, JAVA_INT).withName("rest"));

  // ---- minwinbase.h

  /**
   * {@code struct OVERLAPPED { ULONG_PTR Internal; ULONG_PTR InternalHigh; DWORD Offset; DWORD
   * OffsetHigh; HANDLE hEvent; }}.
   */
  public static final Struct OVERLAPPED =
      Struct.of(
          "OVERLAPPED",
          JAVA_LONG.withName("Internal"),
          JAVA_LONG.withName("InternalHigh"),
          JAVA_INT.withName("Offset"),
          JAVA_INT.withName("OffsetHigh"),
          pointer("hEvent"));

  /**
   * {@code struct OVERLAPPED_ENTRY { ULONG_PTR lpCompletionKey; LPOVERLAPPED lpOverlapped;
   * ULONG_PTR Internal; DWORD dwNumberOfBytesTransferred; }}.
   */
  public static final Struct OVERLAPPED_ENTRY =
      Struct.of(
          "OVERLAPPED_ENTRY",
          JAVA_LONG.withName("lpCompletionKey"),
          pointer("lpOverlapped"),
          JAVA_LONG.withName("Internal"),
          JAVA_INT.withName("dwNumberOfBytesTransferred"));

  // ---- mswsockdef.h, mswsock.h: Registered I/O

  /** {@code struct RIO_BUF { RIO_BUFFERID BufferId; ULONG Offset; ULONG Length; }}. */
  public static final Struct RIO_BUF =
      Struct.of(
          "RIO_BUF", pointer("BufferId"), JAVA_INT.withName("Offset"), JAVA_INT.withName("Length"));

  /**
   * {@code struct RIORESULT { LONG Status; ULONG BytesTransferred; ULONGLONG SocketContext;
   * ULONGLONG RequestContext; }}.
   */
  public static final Struct RIORESULT =
      Struct.of(
          "RIORESULT",
          JAVA_INT.withName("Status"),
          JAVA_INT.withName("BytesTransferred"),
          JAVA_LONG.withName("SocketContext"),
          JAVA_LONG.withName("RequestContext"));

  /** {@code struct { HANDLE EventHandle; BOOL NotifyReset; } Event}. */
  private static final Struct RIO_EVENT =
      Struct.of("Event", pointer("EventHandle"), JAVA_INT.withName("NotifyReset"));

  /** {@code struct { HANDLE IocpHandle; PVOID CompletionKey; PVOID Overlapped; } Iocp}. */
  private static final Struct RIO_IOCP =
      Struct.of("Iocp", pointer("IocpHandle"), pointer("CompletionKey"), pointer("Overlapped"));

  /**
   * {@code struct RIO_NOTIFICATION_COMPLETION { RIO_NOTIFICATION_COMPLETION_TYPE Type; union {
   * struct Event; struct Iocp; }; }}; the union is a member named {@code u} here.
   */
  public static final Struct RIO_NOTIFICATION_COMPLETION =
      Struct.of(
          "RIO_NOTIFICATION_COMPLETION",
          JAVA_INT.withName("Type"),
          MemoryLayout.unionLayout(RIO_EVENT.as("Event"), RIO_IOCP.as("Iocp")).withName("u"));

  /** {@code struct RIO_CMSG_BUFFER { ULONG TotalLength; }}; the headers follow at 8. */
  public static final Struct RIO_CMSG_BUFFER =
      Struct.of("RIO_CMSG_BUFFER", JAVA_INT.withName("TotalLength"));

  /**
   * {@code struct RIO_EXTENSION_FUNCTION_TABLE { DWORD cbSize; LPFN_RIORECEIVE RIOReceive; … }}.
   */
  public static final Struct RIO_EXTENSION_FUNCTION_TABLE =
      Struct.of(
          "RIO_EXTENSION_FUNCTION_TABLE",
          JAVA_INT.withName("cbSize"),
          pointer("RIOReceive"),
          pointer("RIOReceiveEx"),
          pointer("RIOSend"),
          pointer("RIOSendEx"),
          pointer("RIOCloseCompletionQueue"),
          pointer("RIOCreateCompletionQueue"),
          pointer("RIOCreateRequestQueue"),
          pointer("RIODequeueCompletion"),
          pointer("RIODeregisterBuffer"),
          pointer("RIONotify"),
          pointer("RIORegisterBuffer"),
          pointer("RIOResizeCompletionQueue"),
          pointer("RIOResizeRequestQueue"));

  private Layouts() {}

  private static MemoryLayout pointer(String name) {
    return JAVA_LONG.withName(name);
  }
}
