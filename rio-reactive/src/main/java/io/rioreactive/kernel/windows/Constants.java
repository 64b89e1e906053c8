package io.rioreactive.kernel.windows;

/** Numbers from the headers of the Windows SDK, under their C names. */
public final class Constants {

  public static final long NULL = 0;

  // winsock2.h
  public static final int AF_INET = 2;
  public static final int AF_INET6 = 23;
  public static final int SOCK_DGRAM = 2;
  public static final long INVALID_SOCKET = -1;
  public static final int SOCKET_ERROR = -1;
  public static final int IPPROTO_IP = 0;
  public static final int IPPROTO_UDP = 17;
  public static final int IPPROTO_IPV6 = 41;
  public static final int SOL_SOCKET = 0xFFFF;
  public static final int SO_REUSEADDR = 0x4;
  public static final int SO_EXCLUSIVEADDRUSE = ~SO_REUSEADDR;
  public static final int SO_BROADCAST = 0x20;
  public static final int SO_SNDBUF = 0x1001;
  public static final int SO_RCVBUF = 0x1002;
  public static final int MSG_TRUNC = 0x100;
  public static final int MSG_CTRUNC = 0x200;
  public static final int MSG_BCAST = 0x400;
  public static final int MSG_MCAST = 0x800;
  public static final int SO_PROTOCOL_INFOW = 0x2005;
  public static final int XP1_IFS_HANDLES = 0x20000;
  public static final int WSA_FLAG_OVERLAPPED = 0x01;
  public static final int WSA_FLAG_NO_HANDLE_INHERIT = 0x80;
  public static final int WSA_FLAG_REGISTERED_IO = 0x100;
  public static final int WINSOCK_2_2 = 0x0202;

  // ws2ipdef.h
  public static final int IP_TOS = 3;
  public static final int IP_TTL = 4;
  public static final int IP_MULTICAST_IF = 9;
  public static final int IP_MULTICAST_TTL = 10;
  public static final int IP_MULTICAST_LOOP = 11;
  public static final int IP_ADD_MEMBERSHIP = 12;
  public static final int IP_DROP_MEMBERSHIP = 13;
  public static final int IP_DONTFRAGMENT = 14;
  public static final int IP_ADD_SOURCE_MEMBERSHIP = 15;
  public static final int IP_DROP_SOURCE_MEMBERSHIP = 16;
  public static final int IP_BLOCK_SOURCE = 17;
  public static final int IP_UNBLOCK_SOURCE = 18;
  public static final int IP_PKTINFO = 19;
  public static final int IP_HOPLIMIT = 21;
  public static final int IP_RECVTOS = 40;
  public static final int IP_MTU = 73;
  public static final int MCAST_BLOCK_SOURCE = 43;
  public static final int MCAST_UNBLOCK_SOURCE = 44;
  public static final int MCAST_JOIN_SOURCE_GROUP = 45;
  public static final int MCAST_LEAVE_SOURCE_GROUP = 46;
  public static final int IPV6_UNICAST_HOPS = 4;
  public static final int IPV6_MULTICAST_IF = 9;
  public static final int IPV6_MULTICAST_HOPS = 10;
  public static final int IPV6_MULTICAST_LOOP = 11;
  public static final int IPV6_ADD_MEMBERSHIP = 12;
  public static final int IPV6_DROP_MEMBERSHIP = 13;
  public static final int IPV6_DONTFRAG = 14;
  public static final int IPV6_PKTINFO = 19;
  public static final int IPV6_HOPLIMIT = 21;
  public static final int IPV6_V6ONLY = 27;
  public static final int IPV6_TCLASS = 39;
  public static final int IPV6_RECVTCLASS = 40;
  public static final int IPV6_MTU = 72;

  // mswsock.h
  public static final int SIO_UDP_CONNRESET = 0x9800000C;
  public static final int SIO_UDP_NETRESET = 0x9800000F;

  public static final int SIO_GET_EXTENSION_FUNCTION_POINTER = 0xC8000006;

  /** {@code f689d7c8-6f1f-436b-8a53-e54fe351c322}, as it stands in memory: first and last half. */
  public static final long WSAID_WSARECVMSG_LOW = 0x436B_6F1F_F689_D7C8L;

  public static final long WSAID_WSARECVMSG_HIGH = 0x22C3_51E3_4FE5_538AL;

  /** {@code a441e712-754f-43ca-84a7-0dee44cf606d}. */
  public static final long WSAID_WSASENDMSG_LOW = 0x43CA_754F_A441_E712L;

  public static final long WSAID_WSASENDMSG_HIGH = 0x6D60_CF44_EE0D_A784L;

  // ws2def.h, mswsockdef.h: Registered I/O
  public static final int SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER = 0xC8000024;

  /** {@code 8509e081-96dd-4005-b165-9e2ee8c79e3f}, as it stands in memory: first and last half. */
  public static final long WSAID_MULTIPLE_RIO_LOW = 0x4005_96DD_8509_E081L;

  public static final long WSAID_MULTIPLE_RIO_HIGH = 0x3F9E_C7E8_2E9E_65B1L;

  /** 32 bits of ones, zero-extended: not -1. */
  public static final long RIO_INVALID_BUFFERID = 0xFFFF_FFFFL;

  public static final long RIO_INVALID_CQ = 0;
  public static final long RIO_INVALID_RQ = 0;

  /** From RIODequeueCompletion, which returns a ULONG. */
  public static final int RIO_CORRUPT_CQ = 0xFFFF_FFFF;

  public static final int RIO_MAX_CQ_SIZE = 0x0800_0000;
  public static final int RIO_MSG_DEFER = 2;
  public static final int RIO_MSG_COMMIT_ONLY = 8;
  public static final int RIO_EVENT_COMPLETION = 1;
  public static final int RIO_IOCP_COMPLETION = 2;

  // winbase.h, winnt.h, handleapi.h
  public static final long INVALID_HANDLE_VALUE = -1;
  public static final int INFINITE = -1;
  public static final int WAIT_OBJECT_0 = 0;
  public static final int WAIT_TIMEOUT = 258;
  public static final int WAIT_FAILED = -1;
  public static final int FILE_SKIP_COMPLETION_PORT_ON_SUCCESS = 0x1;
  public static final int FILE_SKIP_SET_EVENT_ON_HANDLE = 0x2;
  public static final int MEM_COMMIT = 0x1000;
  public static final int MEM_RESERVE = 0x2000;
  public static final int MEM_RELEASE = 0x8000;
  public static final int PAGE_READWRITE = 0x4;

  // ntstatus.h
  public static final int STATUS_PENDING = 0x103;

  private Constants() {}
}
