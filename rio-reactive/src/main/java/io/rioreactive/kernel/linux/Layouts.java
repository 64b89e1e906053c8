package io.rioreactive.kernel.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.rioreactive.ffm.Struct;
import java.lang.foreign.MemoryLayout;

/**
 * The kernel's structs on 64-bit little-endian machines (x86-64 and aarch64 agree on all but one),
 * each with its C declaration. A test compares them with what a C compiler prints.
 */
final class Layouts {

  /** {@code struct iovec { void *iov_base; size_t iov_len; }}, bits/types/struct_iovec.h. */
  static final Struct IOVEC =
      Struct.of("iovec", JAVA_LONG.withName("iov_base"), JAVA_LONG.withName("iov_len"));

  /**
   * {@code struct msghdr { void *msg_name; socklen_t msg_namelen; struct iovec *msg_iov; size_t
   * msg_iovlen; void *msg_control; size_t msg_controllen; int msg_flags; }}, bits/socket.h.
   */
  static final Struct MSGHDR =
      Struct.of(
          "msghdr",
          JAVA_LONG.withName("msg_name"),
          JAVA_INT.withName("msg_namelen"),
          JAVA_LONG.withName("msg_iov"),
          JAVA_LONG.withName("msg_iovlen"),
          JAVA_LONG.withName("msg_control"),
          JAVA_LONG.withName("msg_controllen"),
          JAVA_INT.withName("msg_flags"));

  /** {@code struct mmsghdr { struct msghdr msg_hdr; unsigned int msg_len; }}, bits/socket.h. */
  static final Struct MMSGHDR =
      Struct.of("mmsghdr", MSGHDR.as("msg_hdr"), JAVA_INT.withName("msg_len"));

  /** {@code struct cmsghdr { size_t cmsg_len; int cmsg_level; int cmsg_type; }}, bits/socket.h. */
  static final Struct CMSGHDR =
      Struct.of(
          "cmsghdr",
          JAVA_LONG.withName("cmsg_len"),
          JAVA_INT.withName("cmsg_level"),
          JAVA_INT.withName("cmsg_type"));

  /**
   * {@code struct sock_extended_err { __u32 ee_errno; __u8 ee_origin; __u8 ee_type; __u8 ee_code;
   * __u8 ee_pad; __u32 ee_info; __u32 ee_data; }}, linux/errqueue.h.
   */
  static final Struct SOCK_EXTENDED_ERR =
      Struct.of(
          "sock_extended_err",
          JAVA_INT.withName("ee_errno"),
          JAVA_BYTE.withName("ee_origin"),
          JAVA_BYTE.withName("ee_type"),
          JAVA_BYTE.withName("ee_code"),
          JAVA_BYTE.withName("ee_pad"),
          JAVA_INT.withName("ee_info"),
          JAVA_INT.withName("ee_data"));

  /**
   * {@code struct epoll_event { uint32_t events; epoll_data_t data; } EPOLL_PACKED}, sys/epoll.h;
   * {@code epoll_data_t} is a union of 8 bytes.
   */
  static final Struct EPOLL_EVENT = epollEvent(Architecture.current().orElseThrow());

  private static Struct epollEvent(Architecture architecture) {
    boolean isPacked = architecture.isEpollEventPacked;
    return Struct.of(
        "epoll_event",
        (isPacked ? JAVA_INT_UNALIGNED : JAVA_INT).withName("events"),
        (isPacked ? JAVA_LONG_UNALIGNED : JAVA_LONG).withName("data"));
  }

  /**
   * {@code struct in_pktinfo { int ipi_ifindex; struct in_addr ipi_spec_dst; struct in_addr
   * ipi_addr; }}, netinet/in.h.
   */
  static final Struct IN_PKTINFO =
      Struct.of(
          "in_pktinfo",
          JAVA_INT.withName("ipi_ifindex"),
          JAVA_INT.withName("ipi_spec_dst"),
          JAVA_INT.withName("ipi_addr"));

  /**
   * {@code struct in6_pktinfo { struct in6_addr ipi6_addr; unsigned int ipi6_ifindex; }},
   * netinet/in.h; {@code in6_addr} is aligned to 4.
   */
  static final Struct IN6_PKTINFO =
      Struct.of(
          "in6_pktinfo",
          MemoryLayout.sequenceLayout(4, JAVA_INT).withName("ipi6_addr"),
          JAVA_INT.withName("ipi6_ifindex"));

  /**
   * {@code struct sockaddr_in { sa_family_t sin_family; in_port_t sin_port; struct in_addr
   * sin_addr; unsigned char sin_zero[8]; }}, netinet/in.h.
   */
  static final Struct SOCKADDR_IN =
      Struct.of(
          "sockaddr_in",
          JAVA_SHORT.withName("sin_family"),
          JAVA_SHORT.withName("sin_port"),
          JAVA_INT.withName("sin_addr"),
          MemoryLayout.sequenceLayout(8, JAVA_BYTE).withName("sin_zero"));

  /**
   * {@code struct sockaddr_in6 { sa_family_t sin6_family; in_port_t sin6_port; uint32_t
   * sin6_flowinfo; struct in6_addr sin6_addr; uint32_t sin6_scope_id; }}, netinet/in.h; {@code
   * in6_addr} is aligned to 4.
   */
  static final Struct SOCKADDR_IN6 =
      Struct.of(
          "sockaddr_in6",
          JAVA_SHORT.withName("sin6_family"),
          JAVA_SHORT.withName("sin6_port"),
          JAVA_INT.withName("sin6_flowinfo"),
          MemoryLayout.sequenceLayout(4, JAVA_INT).withName("sin6_addr"),
          JAVA_INT.withName("sin6_scope_id"));

  /**
   * {@code struct sockaddr_storage { sa_family_t ss_family; char __ss_padding[118]; unsigned long
   * __ss_align; }}, bits/socket.h.
   */
  static final Struct SOCKADDR_STORAGE =
      Struct.of(
          "sockaddr_storage",
          JAVA_SHORT.withName("ss_family"),
          MemoryLayout.sequenceLayout(118, JAVA_BYTE).withName("__ss_padding"),
          JAVA_LONG.withName("__ss_align"));

  /** {@code struct group_req { uint32_t gr_interface; struct sockaddr_storage gr_group; }}. */
  static final Struct GROUP_REQ =
      Struct.of("group_req", JAVA_INT.withName("gr_interface"), SOCKADDR_STORAGE.as("gr_group"));

  /**
   * {@code struct group_source_req { uint32_t gsr_interface; struct sockaddr_storage gsr_group;
   * struct sockaddr_storage gsr_source; }}, netinet/in.h.
   */
  static final Struct GROUP_SOURCE_REQ =
      Struct.of(
          "group_source_req",
          JAVA_INT.withName("gsr_interface"),
          SOCKADDR_STORAGE.as("gsr_group"),
          SOCKADDR_STORAGE.as("gsr_source"));

  /**
   * {@code struct ip_mreqn { struct in_addr imr_multiaddr; struct in_addr imr_address; int
   * imr_ifindex; }}, bits/in.h.
   */
  static final Struct IP_MREQN =
      Struct.of(
          "ip_mreqn",
          JAVA_INT.withName("imr_multiaddr"),
          JAVA_INT.withName("imr_address"),
          JAVA_INT.withName("imr_ifindex"));

  /** {@code struct sock_filter { __u16 code; __u8 jt; __u8 jf; __u32 k; }}, linux/filter.h. */
  static final Struct SOCK_FILTER =
      Struct.of(
          "sock_filter",
          JAVA_SHORT.withName("code"),
          JAVA_BYTE.withName("jt"),
          JAVA_BYTE.withName("jf"),
          JAVA_INT.withName("k"));

  /**
   * {@code struct sock_fprog { unsigned short len; struct sock_filter *filter; }}, linux/filter.h.
   */
  static final Struct SOCK_FPROG =
      Struct.of("sock_fprog", JAVA_SHORT.withName("len"), JAVA_LONG.withName("filter"));

  private Layouts() {}
}
