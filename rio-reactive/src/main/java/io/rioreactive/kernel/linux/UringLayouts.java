package io.rioreactive.kernel.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.rioreactive.ffm.Struct;
import java.lang.foreign.MemoryLayout;

/**
 * The structs of {@code linux/io_uring.h}, each with its C declaration, where a member called
 * {@code rest} stands for those that nobody reads. A test compares them with what a C compiler
 * prints.
 */
final class UringLayouts {

  /**
   * {@code struct io_uring_sqe { __u8 opcode; __u8 flags; __u16 ioprio; __s32 fd; __u64 off; __u64
   * addr; __u32 len; __u32 msg_flags; __u64 user_data; __u16 buf_group; __u16 personality; __u32
   * file_index; … }}. {@code poll32_events} and {@code cancel_flags} are other names of {@code
   * msg_flags}.
   */
  static final Struct IO_URING_SQE =
      Struct.of(
          "io_uring_sqe",
          JAVA_BYTE.withName("opcode"),
          JAVA_BYTE.withName("flags"),
          JAVA_SHORT.withName("ioprio"),
          JAVA_INT.withName("fd"),
          JAVA_LONG.withName("off"),
          JAVA_LONG.withName("addr"),
          JAVA_INT.withName("len"),
          JAVA_INT.withName("msg_flags"),
          JAVA_LONG.withName("user_data"),
          JAVA_SHORT.withName("buf_group"),
          JAVA_SHORT.withName("personality"),
          JAVA_INT.withName("file_index"),
          MemoryLayout.sequenceLayout(2, JAVA_LONG).withName("rest"));

  /** {@code struct io_uring_cqe { __u64 user_data; __s32 res; __u32 flags; }}. */
  static final Struct IO_URING_CQE =
      Struct.of(
          "io_uring_cqe",
          JAVA_LONG.withName("user_data"),
          JAVA_INT.withName("res"),
          JAVA_INT.withName("flags"));

  /**
   * {@code struct io_sqring_offsets { __u32 head; __u32 tail; __u32 ring_mask; __u32 ring_entries;
   * __u32 flags; __u32 dropped; __u32 array; … }}.
   */
  static final Struct IO_SQRING_OFFSETS =
      Struct.of(
          "io_sqring_offsets",
          JAVA_INT.withName("head"),
          JAVA_INT.withName("tail"),
          JAVA_INT.withName("ring_mask"),
          JAVA_INT.withName("ring_entries"),
          JAVA_INT.withName("flags"),
          JAVA_INT.withName("dropped"),
          JAVA_INT.withName("array"),
          JAVA_INT.withName("resv1"),
          JAVA_LONG.withName("rest"));

  /**
   * {@code struct io_cqring_offsets { __u32 head; __u32 tail; __u32 ring_mask; __u32 ring_entries;
   * __u32 overflow; __u32 cqes; __u32 flags; … }}.
   */
  static final Struct IO_CQRING_OFFSETS =
      Struct.of(
          "io_cqring_offsets",
          JAVA_INT.withName("head"),
          JAVA_INT.withName("tail"),
          JAVA_INT.withName("ring_mask"),
          JAVA_INT.withName("ring_entries"),
          JAVA_INT.withName("overflow"),
          JAVA_INT.withName("cqes"),
          JAVA_INT.withName("flags"),
          JAVA_INT.withName("resv1"),
          JAVA_LONG.withName("rest"));

  /**
   * {@code struct io_uring_params { __u32 sq_entries; __u32 cq_entries; __u32 flags; … struct
   * io_sqring_offsets sq_off; struct io_cqring_offsets cq_off; }}.
   */
  static final Struct IO_URING_PARAMS =
      Struct.of(
          "io_uring_params",
          JAVA_INT.withName("sq_entries"),
          JAVA_INT.withName("cq_entries"),
          JAVA_INT.withName("flags"),
          MemoryLayout.sequenceLayout(7, JAVA_INT).withName("rest"),
          IO_SQRING_OFFSETS.as("sq_off"),
          IO_CQRING_OFFSETS.as("cq_off"));

  /**
   * {@code struct io_uring_getevents_arg { __u64 sigmask; __u32 sigmask_sz; __u32 …; __u64 ts; }}.
   */
  static final Struct IO_URING_GETEVENTS_ARG =
      Struct.of(
          "io_uring_getevents_arg",
          JAVA_LONG.withName("sigmask"),
          JAVA_INT.withName("sigmask_sz"),
          JAVA_INT.withName("rest"),
          JAVA_LONG.withName("ts"));

  /** {@code struct __kernel_timespec { long long tv_sec; long long tv_nsec; }}. */
  static final Struct KERNEL_TIMESPEC =
      Struct.of("__kernel_timespec", JAVA_LONG.withName("tv_sec"), JAVA_LONG.withName("tv_nsec"));

  /** {@code struct io_uring_buf_reg { __u64 ring_addr; __u32 ring_entries; __u16 bgid; … }}. */
  static final Struct IO_URING_BUF_REG =
      Struct.of(
          "io_uring_buf_reg",
          JAVA_LONG.withName("ring_addr"),
          JAVA_INT.withName("ring_entries"),
          JAVA_SHORT.withName("bgid"),
          MemoryLayout.sequenceLayout(13, JAVA_SHORT).withName("rest"));

  /**
   * {@code struct io_uring_buf { __u64 addr; __u32 len; __u16 bid; __u16 resv; }}; the tail of a
   * ring of them stands at {@code resv} of the first.
   */
  static final Struct IO_URING_BUF =
      Struct.of(
          "io_uring_buf",
          JAVA_LONG.withName("addr"),
          JAVA_INT.withName("len"),
          JAVA_SHORT.withName("bid"),
          JAVA_SHORT.withName("resv"));

  /**
   * {@code struct io_uring_recvmsg_out { __u32 namelen; __u32 controllen; __u32 payloadlen; __u32
   * flags; }}: what a buffer begins with; name, control messages and payload follow.
   */
  static final Struct IO_URING_RECVMSG_OUT =
      Struct.of(
          "io_uring_recvmsg_out",
          JAVA_INT.withName("namelen"),
          JAVA_INT.withName("controllen"),
          JAVA_INT.withName("payloadlen"),
          JAVA_INT.withName("flags"));

  private UringLayouts() {}
}
