package io.rioreactive.kernel.linux;

/**
 * Numbers from {@code linux/io_uring.h} and what goes with it, under their C names. A test compares
 * all of them with what a C compiler prints.
 */
final class UringConstants {

  static final int IORING_SETUP_CQSIZE = 1 << 3;
  static final int IORING_SETUP_SUBMIT_ALL = 1 << 7;
  static final int IORING_SETUP_TASKRUN_FLAG = 1 << 9;
  static final int IORING_SETUP_SINGLE_ISSUER = 1 << 12;
  static final int IORING_SETUP_DEFER_TASKRUN = 1 << 13;

  static final long IORING_OFF_SQ_RING = 0;
  static final long IORING_OFF_SQES = 0x1000_0000;

  /** Of the submission ring's flags. */
  static final int IORING_SQ_CQ_OVERFLOW = 1 << 1;

  static final int IORING_SQ_TASKRUN = 1 << 2;

  static final int IORING_ENTER_GETEVENTS = 1;
  static final int IORING_ENTER_EXT_ARG = 1 << 3;

  static final int IORING_REGISTER_PBUF_RING = 22;
  static final int IORING_UNREGISTER_PBUF_RING = 23;

  static final int IORING_OP_POLL_ADD = 6;
  static final int IORING_OP_RECVMSG = 10;
  static final int IORING_OP_ASYNC_CANCEL = 14;

  static final int IOSQE_BUFFER_SELECT = 1 << 5;
  static final int IORING_POLL_ADD_MULTI = 1;
  static final int IORING_RECV_MULTISHOT = 1 << 1;
  static final int IORING_ASYNC_CANCEL_ALL = 1;
  static final int IORING_ASYNC_CANCEL_ANY = 1 << 2;

  static final int IORING_CQE_F_BUFFER = 1;
  static final int IORING_CQE_F_MORE = 1 << 1;
  static final int IORING_CQE_BUFFER_SHIFT = 16;

  // sys/mman.h
  static final int MAP_SHARED = 1;
  static final int MAP_POPULATE = 0x8000;

  private UringConstants() {}
}
