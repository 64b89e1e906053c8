// Prints what the C headers say of every layout, constant and error code that the Java code of
// kernel.linux uses; the test LinuxAbiTest compares, and JavaAbi describes the lines.
//
// The record, made on x86-64:
//   cc -o /tmp/linux-abi main.c
//   /tmp/linux-abi >../../resources/io/rioreactive/kernel/linux/linux-abi.txt

#define _GNU_SOURCE
#include <time.h> // linux/errqueue.h needs it, and does not say so

#include <errno.h>
#include <linux/errqueue.h>
#include <linux/filter.h>
#include <linux/io_uring.h>
#include <linux/sock_diag.h>
#include <linux/udp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#define LAYOUT(type) printf(#type " %zu %zu\n", sizeof(struct type), _Alignof(struct type))
#define FIELD(type, field)                                            \
  printf(#type "." #field " %zu %zu\n", offsetof(struct type, field), \
         sizeof(((struct type *) 0)->field))
#define CONSTANT(name) constant(#name, sizeof(name), (long long) (name))

static void constant(const char *name, size_t size, long long value) {
  unsigned long long bits = size > 4 ? (unsigned long long) value : (unsigned int) value;
  printf(bits < 0x10000 ? "%s %llu%s\n" : "%s 0x%llX%s\n", name, bits, size > 4 ? "L" : "");
}

static void layouts(void) {
  LAYOUT(iovec);
  FIELD(iovec, iov_base);
  FIELD(iovec, iov_len);

  LAYOUT(msghdr);
  FIELD(msghdr, msg_name);
  FIELD(msghdr, msg_namelen);
  FIELD(msghdr, msg_iov);
  FIELD(msghdr, msg_iovlen);
  FIELD(msghdr, msg_control);
  FIELD(msghdr, msg_controllen);
  FIELD(msghdr, msg_flags);

  LAYOUT(mmsghdr);
  FIELD(mmsghdr, msg_hdr);
  FIELD(mmsghdr, msg_len);

  LAYOUT(cmsghdr);
  FIELD(cmsghdr, cmsg_len);
  FIELD(cmsghdr, cmsg_level);
  FIELD(cmsghdr, cmsg_type);

  LAYOUT(sock_extended_err);
  FIELD(sock_extended_err, ee_errno);
  FIELD(sock_extended_err, ee_origin);
  FIELD(sock_extended_err, ee_type);
  FIELD(sock_extended_err, ee_code);
  FIELD(sock_extended_err, ee_pad);
  FIELD(sock_extended_err, ee_info);
  FIELD(sock_extended_err, ee_data);

  LAYOUT(epoll_event);
  FIELD(epoll_event, events);
  FIELD(epoll_event, data);

  LAYOUT(in_pktinfo);
  FIELD(in_pktinfo, ipi_ifindex);
  FIELD(in_pktinfo, ipi_spec_dst);
  FIELD(in_pktinfo, ipi_addr);

  LAYOUT(in6_pktinfo);
  FIELD(in6_pktinfo, ipi6_addr);
  FIELD(in6_pktinfo, ipi6_ifindex);

  LAYOUT(sockaddr_in);
  FIELD(sockaddr_in, sin_family);
  FIELD(sockaddr_in, sin_port);
  FIELD(sockaddr_in, sin_addr);
  FIELD(sockaddr_in, sin_zero);

  LAYOUT(sockaddr_in6);
  FIELD(sockaddr_in6, sin6_family);
  FIELD(sockaddr_in6, sin6_port);
  FIELD(sockaddr_in6, sin6_flowinfo);
  FIELD(sockaddr_in6, sin6_addr);
  FIELD(sockaddr_in6, sin6_scope_id);

  LAYOUT(sockaddr_storage);
  FIELD(sockaddr_storage, ss_family);
  FIELD(sockaddr_storage, __ss_padding);
  FIELD(sockaddr_storage, __ss_align);

  LAYOUT(group_req);
  FIELD(group_req, gr_interface);
  FIELD(group_req, gr_group);

  LAYOUT(group_source_req);
  FIELD(group_source_req, gsr_interface);
  FIELD(group_source_req, gsr_group);
  FIELD(group_source_req, gsr_source);

  LAYOUT(ip_mreqn);
  FIELD(ip_mreqn, imr_multiaddr);
  FIELD(ip_mreqn, imr_address);
  FIELD(ip_mreqn, imr_ifindex);

  LAYOUT(sock_filter);
  FIELD(sock_filter, code);
  FIELD(sock_filter, jt);
  FIELD(sock_filter, jf);
  FIELD(sock_filter, k);

  LAYOUT(sock_fprog);
  FIELD(sock_fprog, len);
  FIELD(sock_fprog, filter);
}

static void constants(void) {
  CONSTANT(AF_UNSPEC);
  CONSTANT(AF_INET);
  CONSTANT(AF_INET6);
  CONSTANT(SOCK_DGRAM);
  CONSTANT(SOCK_NONBLOCK);
  CONSTANT(SOCK_CLOEXEC);
  CONSTANT(MSG_TRUNC);
  CONSTANT(MSG_DONTWAIT);
  CONSTANT(MSG_ERRQUEUE);
  CONSTANT(MSG_NOSIGNAL);
  CONSTANT(SOL_SOCKET);
  CONSTANT(SO_REUSEADDR);
  CONSTANT(SO_ERROR);
  CONSTANT(SO_BROADCAST);
  CONSTANT(SO_SNDBUF);
  CONSTANT(SO_RCVBUF);
  CONSTANT(SO_REUSEPORT);
  CONSTANT(SO_ATTACH_FILTER);
  CONSTANT(SO_DETACH_FILTER);
  CONSTANT(SO_ATTACH_REUSEPORT_CBPF);
  CONSTANT(SO_MEMINFO);
  CONSTANT(BPF_RET);
  CONSTANT(BPF_LD);
  CONSTANT(BPF_W);
  CONSTANT(BPF_ABS);
  CONSTANT(BPF_JMP);
  CONSTANT(BPF_JEQ);
  CONSTANT(BPF_K);
  CONSTANT(SKF_AD_OFF);
  CONSTANT(SKF_AD_CPU);
  CONSTANT(SK_MEMINFO_DROPS);
  CONSTANT(SK_MEMINFO_VARS);
  CONSTANT(IPPROTO_IP);
  CONSTANT(IPPROTO_IPV6);
  CONSTANT(IP_TOS);
  CONSTANT(IP_TTL);
  CONSTANT(IP_PKTINFO);
  CONSTANT(IP_RECVERR);
  CONSTANT(IP_RECVTTL);
  CONSTANT(IP_RECVTOS);
  CONSTANT(IPV6_RECVERR);
  CONSTANT(IP_MTU_DISCOVER);
  CONSTANT(IP_MTU);
  CONSTANT(IP_PMTUDISC_DONT);
  CONSTANT(IP_PMTUDISC_DO);
  CONSTANT(IP_MULTICAST_IF);
  CONSTANT(IP_MULTICAST_TTL);
  CONSTANT(IP_MULTICAST_LOOP);
  CONSTANT(MCAST_JOIN_GROUP);
  CONSTANT(MCAST_BLOCK_SOURCE);
  CONSTANT(MCAST_UNBLOCK_SOURCE);
  CONSTANT(MCAST_LEAVE_GROUP);
  CONSTANT(MCAST_JOIN_SOURCE_GROUP);
  CONSTANT(MCAST_LEAVE_SOURCE_GROUP);
  CONSTANT(IP_MULTICAST_ALL);
  CONSTANT(IPV6_UNICAST_HOPS);
  CONSTANT(IPV6_MULTICAST_IF);
  CONSTANT(IPV6_MULTICAST_HOPS);
  CONSTANT(IPV6_MULTICAST_LOOP);
  CONSTANT(IPV6_MTU_DISCOVER);
  CONSTANT(IPV6_MTU);
  CONSTANT(IPV6_V6ONLY);
  CONSTANT(IPV6_MULTICAST_ALL);
  CONSTANT(IPV6_RECVPKTINFO);
  CONSTANT(IPV6_PKTINFO);
  CONSTANT(IPV6_RECVHOPLIMIT);
  CONSTANT(IPV6_HOPLIMIT);
  CONSTANT(IPV6_RECVTCLASS);
  CONSTANT(IPV6_TCLASS);
  CONSTANT(IPPROTO_UDP);
  CONSTANT(UDP_SEGMENT);
  CONSTANT(UDP_GRO);
  CONSTANT(SO_EE_ORIGIN_ICMP);
  CONSTANT(SO_EE_ORIGIN_ICMP6);
  CONSTANT(EPOLL_CLOEXEC);
  CONSTANT(EPOLL_CTL_ADD);
  CONSTANT(EPOLL_CTL_DEL);
  CONSTANT(EPOLL_CTL_MOD);
  CONSTANT(EPOLLIN);
  CONSTANT(EPOLLOUT);
  CONSTANT(EPOLLERR);
  CONSTANT(EPOLLHUP);
  CONSTANT(PROT_NONE);
  CONSTANT(PROT_READ);
  CONSTANT(PROT_WRITE);
  CONSTANT(MAP_PRIVATE);
  CONSTANT(MAP_ANONYMOUS);
  CONSTANT(MAP_NORESERVE);
  CONSTANT(EFD_NONBLOCK);
  CONSTANT(EFD_CLOEXEC);
}

static void uring_layouts(void) {
  LAYOUT(io_uring_sqe);
  FIELD(io_uring_sqe, opcode);
  FIELD(io_uring_sqe, flags);
  FIELD(io_uring_sqe, ioprio);
  FIELD(io_uring_sqe, fd);
  FIELD(io_uring_sqe, off);
  FIELD(io_uring_sqe, addr);
  FIELD(io_uring_sqe, len);
  FIELD(io_uring_sqe, msg_flags);
  FIELD(io_uring_sqe, user_data);
  FIELD(io_uring_sqe, buf_group);
  FIELD(io_uring_sqe, personality);
  FIELD(io_uring_sqe, file_index);

  LAYOUT(io_uring_cqe);
  FIELD(io_uring_cqe, user_data);
  FIELD(io_uring_cqe, res);
  FIELD(io_uring_cqe, flags);

  LAYOUT(io_sqring_offsets);
  FIELD(io_sqring_offsets, head);
  FIELD(io_sqring_offsets, tail);
  FIELD(io_sqring_offsets, ring_mask);
  FIELD(io_sqring_offsets, ring_entries);
  FIELD(io_sqring_offsets, flags);
  FIELD(io_sqring_offsets, dropped);
  FIELD(io_sqring_offsets, array);
  FIELD(io_sqring_offsets, resv1);

  LAYOUT(io_cqring_offsets);
  FIELD(io_cqring_offsets, head);
  FIELD(io_cqring_offsets, tail);
  FIELD(io_cqring_offsets, ring_mask);
  FIELD(io_cqring_offsets, ring_entries);
  FIELD(io_cqring_offsets, overflow);
  FIELD(io_cqring_offsets, cqes);
  FIELD(io_cqring_offsets, flags);
  FIELD(io_cqring_offsets, resv1);

  LAYOUT(io_uring_params);
  FIELD(io_uring_params, sq_entries);
  FIELD(io_uring_params, cq_entries);
  FIELD(io_uring_params, flags);
  FIELD(io_uring_params, sq_off);
  FIELD(io_uring_params, cq_off);

  LAYOUT(io_uring_getevents_arg);
  FIELD(io_uring_getevents_arg, sigmask);
  FIELD(io_uring_getevents_arg, sigmask_sz);
  FIELD(io_uring_getevents_arg, ts);

  LAYOUT(__kernel_timespec);
  FIELD(__kernel_timespec, tv_sec);
  FIELD(__kernel_timespec, tv_nsec);

  LAYOUT(io_uring_buf_reg);
  FIELD(io_uring_buf_reg, ring_addr);
  FIELD(io_uring_buf_reg, ring_entries);
  FIELD(io_uring_buf_reg, bgid);

  LAYOUT(io_uring_buf);
  FIELD(io_uring_buf, addr);
  FIELD(io_uring_buf, len);
  FIELD(io_uring_buf, bid);
  FIELD(io_uring_buf, resv);

  LAYOUT(io_uring_recvmsg_out);
  FIELD(io_uring_recvmsg_out, namelen);
  FIELD(io_uring_recvmsg_out, controllen);
  FIELD(io_uring_recvmsg_out, payloadlen);
  FIELD(io_uring_recvmsg_out, flags);
}

// Names of one place in io_uring_sqe.
_Static_assert(offsetof(struct io_uring_sqe, poll32_events) ==
                   offsetof(struct io_uring_sqe, msg_flags), "poll32_events");
_Static_assert(offsetof(struct io_uring_sqe, cancel_flags) ==
                   offsetof(struct io_uring_sqe, msg_flags), "cancel_flags");
// Where the tail of a ring of buffers stands.
_Static_assert(offsetof(struct io_uring_buf_ring, tail) ==
                   offsetof(struct io_uring_buf, resv), "tail");

static void uring_constants(void) {
  CONSTANT(IORING_SETUP_CQSIZE);
  CONSTANT(IORING_SETUP_SUBMIT_ALL);
  CONSTANT(IORING_SETUP_TASKRUN_FLAG);
  CONSTANT(IORING_SETUP_SINGLE_ISSUER);
  CONSTANT(IORING_SETUP_DEFER_TASKRUN);
  CONSTANT(IORING_OFF_SQ_RING);
  CONSTANT(IORING_OFF_SQES);
  CONSTANT(IORING_SQ_CQ_OVERFLOW);
  CONSTANT(IORING_SQ_TASKRUN);
  CONSTANT(IORING_ENTER_GETEVENTS);
  CONSTANT(IORING_ENTER_EXT_ARG);
  CONSTANT(IORING_REGISTER_PBUF_RING);
  CONSTANT(IORING_UNREGISTER_PBUF_RING);
  CONSTANT(IORING_OP_POLL_ADD);
  CONSTANT(IORING_OP_RECVMSG);
  CONSTANT(IORING_OP_ASYNC_CANCEL);
  CONSTANT(IOSQE_BUFFER_SELECT);
  CONSTANT(IORING_POLL_ADD_MULTI);
  CONSTANT(IORING_RECV_MULTISHOT);
  CONSTANT(IORING_ASYNC_CANCEL_ALL);
  CONSTANT(IORING_ASYNC_CANCEL_ANY);
  CONSTANT(IORING_CQE_F_BUFFER);
  CONSTANT(IORING_CQE_F_MORE);
  CONSTANT(IORING_CQE_BUFFER_SHIFT);
  CONSTANT(MAP_SHARED);
  CONSTANT(MAP_POPULATE);
}

static void errors(void) {
  CONSTANT(EPERM);
  CONSTANT(EINTR);
  CONSTANT(EBADF);
  CONSTANT(EAGAIN);
  CONSTANT(ENOMEM);
  CONSTANT(EACCES);
  CONSTANT(EFAULT);
  CONSTANT(EBUSY);
  CONSTANT(ENODEV);
  CONSTANT(EINVAL);
  CONSTANT(ENFILE);
  CONSTANT(EMFILE);
  CONSTANT(ENOSPC);
  CONSTANT(ENOSYS);
  CONSTANT(EPROTO);
  CONSTANT(ENOTSOCK);
  CONSTANT(EDESTADDRREQ);
  CONSTANT(EMSGSIZE);
  CONSTANT(ENOPROTOOPT);
  CONSTANT(EPROTONOSUPPORT);
  CONSTANT(EOPNOTSUPP);
  CONSTANT(EAFNOSUPPORT);
  CONSTANT(EADDRINUSE);
  CONSTANT(EADDRNOTAVAIL);
  CONSTANT(ENETDOWN);
  CONSTANT(ENETUNREACH);
  CONSTANT(ECONNRESET);
  CONSTANT(ENOBUFS);
  CONSTANT(ESHUTDOWN);
  CONSTANT(ETIMEDOUT);
  CONSTANT(ECONNREFUSED);
  CONSTANT(EHOSTDOWN);
  CONSTANT(EHOSTUNREACH);
  CONSTANT(ECANCELED);
}

// syscall() takes a long.
static void system_calls(void) {
  constant("SYS_recvmmsg", sizeof(long), SYS_recvmmsg);
  constant("SYS_sendmmsg", sizeof(long), SYS_sendmmsg);
  constant("SYS_io_uring_setup", sizeof(long), SYS_io_uring_setup);
  constant("SYS_io_uring_enter", sizeof(long), SYS_io_uring_enter);
  constant("SYS_io_uring_register", sizeof(long), SYS_io_uring_register);
}

int main(void) {
#ifdef __GLIBC__
  printf("# glibc %d.%d, cc %s\n", __GLIBC__, __GLIBC_MINOR__, __VERSION__);
#else
  printf("# cc %s\n", __VERSION__);
#endif
  layouts();
  constants();
  uring_layouts();
  uring_constants();
  errors();
  system_calls();
  return 0;
}
