package io.rioreactive.kernel.linux;

import io.rioreactive.ffm.NativeFunction;
import io.rioreactive.ffm.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The real C library, but for what a test plans: the next calls of {@code sendmmsg} and {@code
 * recvmmsg} fail with these errors, or move no more than so many messages.
 */
final class PlannedLibC extends LibC {

  private static final int SHUT_RDWR = 2;
  private static final MethodHandle SHUTDOWN =
      NativeLibrary.standard()
          .function("shutdown", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT)
          .plain();

  private final Deque<Integer> sends = new ArrayDeque<>();
  private final Deque<Integer> receives = new ArrayDeque<>();
  private final Deque<Integer> connects = new ArrayDeque<>();
  private final Deque<Integer> binds = new ArrayDeque<>();
  private final Deque<Integer> controls = new ArrayDeque<>();
  private final Deque<Integer> setups = new ArrayDeque<>();
  private final Deque<Integer> enters = new ArrayDeque<>();
  private final Deque<Integer> registrations = new ArrayDeque<>();
  private final Deque<Integer> maps = new ArrayDeque<>();
  private final Deque<Integer> eventfds = new ArrayDeque<>();
  private final List<MemorySegment> uringEntries = new ArrayList<>();
  private int nextPollAnswer;
  private int nextSpoilt;

  /** The option of SOL_SOCKET that is refused; 0 for none. */
  int refusedOption;

  /** Whether it has neither UDP_SEGMENT nor UDP_GRO. */
  boolean isOld;

  int sendCalls;

  /** How many messages the last send was asked to take. */
  int messagesSent;

  int receiveCalls;

  /** Waits of epoll, and what came of them. */
  int pollCalls;

  int polledEvents;

  /** Errors that were asked for and thereby taken away. */
  int clearedErrors;

  /** Changes of what epoll watches a socket for. */
  int interestChanges;

  /** Reads of an error queue. */
  int errorReads;

  /** The descriptor of the socket that was opened last. */
  int lastSocket;

  /** Calls of io_uring_enter. */
  int enterCalls;

  PlannedLibC(Arena arena) {
    super(arena);
  }

  /** The next io_uring is refused. */
  PlannedLibC failSetup(Errno errno) {
    plan(setups, 0, errno);
    return this;
  }

  /** The next entry of an io_uring fails. */
  PlannedLibC failEnter(Errno errno) {
    plan(enters, 0, errno);
    return this;
  }

  /** The next ring of buffers is refused. */
  PlannedLibC failRegistration(Errno errno) {
    plan(registrations, 0, errno);
    return this;
  }

  /** After so many that do not, a mapping fails. */
  PlannedLibC failMap(int after, Errno errno) {
    plan(maps, after, errno);
    return this;
  }

  /** The next eventfd is refused. */
  PlannedLibC failEventfd(Errno errno) {
    plan(eventfds, 0, errno);
    return this;
  }

  /** The next receive that an io_uring is asked for names a descriptor that is none. */
  PlannedLibC spoilReceive() {
    nextSpoilt = UringConstants.IORING_OP_RECVMSG;
    return this;
  }

  /** The next poll does. */
  PlannedLibC spoilPoll() {
    nextSpoilt = UringConstants.IORING_OP_POLL_ADD;
    return this;
  }

  @Override
  int eventfd(int initval, int flags) {
    int planned = next(eventfds);
    return planned < 0 ? planned : super.eventfd(initval, flags);
  }

  @Override
  int socket(int domain, int type, int protocol) {
    lastSocket = super.socket(domain, type, protocol);
    return lastSocket;
  }

  private static int next(Deque<Integer> plan) {
    return plan.isEmpty() ? 0 : plan.poll();
  }

  @Override
  int io_uring_setup(int entries, long params) {
    int planned = next(setups);
    return planned < 0 ? planned : super.io_uring_setup(entries, params);
  }

  @Override
  int io_uring_register(int fd, int opcode, long arg, int nr_args) {
    int planned = next(registrations);
    return planned < 0 ? planned : super.io_uring_register(fd, opcode, arg, nr_args);
  }

  @Override
  int io_uring_enter(int fd, int to_submit, int min_complete, int flags, long argp, long argsz) {
    enterCalls++;
    if (isFailure(enters)) {
      return -1;
    }
    if (nextSpoilt != 0) {
      spoil();
    }
    return super.io_uring_enter(fd, to_submit, min_complete, flags, argp, argsz);
  }

  @Override
  int io_uring_enterCapturing(
      int fd, int to_submit, int min_complete, int flags, long argp, long argsz) {
    return isFailure(enters)
        ? enters.poll()
        : super.io_uring_enterCapturing(fd, to_submit, min_complete, flags, argp, argsz);
  }

  @Override
  @SuppressWarnings("restricted")
  long mmap(long addr, long length, int prot, int flags, int fd, long offset) {
    int planned = next(maps);
    if (planned < 0) {
      return planned;
    }
    long result = super.mmap(addr, length, prot, flags, fd, offset);
    if (offset == UringConstants.IORING_OFF_SQES) {
      uringEntries.add(MemorySegment.ofAddress(result).reinterpret(length));
    }
    return result;
  }

  /** Those that the system has taken are written anew before it takes them again. */
  private void spoil() {
    long entry = UringLayouts.IO_URING_SQE.size();
    boolean isFound = false;
    for (MemorySegment entries : uringEntries) {
      for (long at = 0; at < entries.byteSize(); at += entry) {
        long opcode = at + UringLayouts.IO_URING_SQE.offset("opcode");
        if (entries.get(ValueLayout.JAVA_BYTE, opcode) == nextSpoilt) {
          entries.set(ValueLayout.JAVA_INT, at + UringLayouts.IO_URING_SQE.offset("fd"), -1);
          isFound = true;
        }
      }
    }
    nextSpoilt = isFound ? 0 : nextSpoilt;
  }

  /** Ends a socket as something else in the process might. */
  static void shutdown(int sockfd) {
    try {
      int ignored = (int) SHUTDOWN.invokeExact(sockfd, SHUT_RDWR);
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  /** The next send fails. */
  PlannedLibC failSend(Errno errno) {
    sends.add(-errno.code());
    return this;
  }

  /** The next send takes so many messages. */
  PlannedLibC limitSend(int count) {
    sends.add(count);
    return this;
  }

  /** The next receive fails. */
  PlannedLibC failReceive(Errno errno) {
    receives.add(-errno.code());
    return this;
  }

  /** After so many that do not, a connect fails. */
  PlannedLibC failConnect(int after, Errno errno) {
    plan(connects, after, errno);
    return this;
  }

  /** The next bind fails. */
  PlannedLibC failBind(Errno errno) {
    plan(binds, 0, errno);
    return this;
  }

  private static void plan(Deque<Integer> plan, int after, Errno errno) {
    for (int i = 0; i < after; i++) {
      plan.add(0);
    }
    plan.add(-errno.code());
  }

  /** The next change of what epoll watches fails. */
  PlannedLibC failControl(Errno errno) {
    plan(controls, 0, errno);
    return this;
  }

  /** The next wait of epoll says this of the first socket. */
  PlannedLibC answerPoll(int events) {
    nextPollAnswer = events;
    return this;
  }

  @Override
  int sendmmsg(int sockfd, long msgvec, int vlen, int flags) {
    sendCalls++;
    messagesSent = vlen;
    if (isFailure(sends)) {
      return -1; // the capturing call takes it from the plan
    }
    return super.sendmmsg(sockfd, msgvec, sends.isEmpty() ? vlen : sends.poll(), flags);
  }

  @Override
  int sendmmsgCapturing(int sockfd, long msgvec, int vlen, int flags) {
    return isFailure(sends) ? sends.poll() : super.sendmmsgCapturing(sockfd, msgvec, vlen, flags);
  }

  @Override
  int connect(int sockfd, long addr, int addrlen) {
    int planned = connects.isEmpty() ? 0 : connects.poll();
    return planned < 0 ? planned : super.connect(sockfd, addr, addrlen);
  }

  @Override
  int bind(int sockfd, long addr, int addrlen) {
    int planned = binds.isEmpty() ? 0 : binds.poll();
    return planned < 0 ? planned : super.bind(sockfd, addr, addrlen);
  }

  @Override
  int recvmmsg(int sockfd, long msgvec, int vlen, int flags, long timeout) {
    if ((flags & Constants.MSG_ERRQUEUE) != 0) {
      errorReads++;
      return super.recvmmsg(sockfd, msgvec, vlen, flags, timeout);
    }
    receiveCalls++;
    return isFailure(receives) ? -1 : super.recvmmsg(sockfd, msgvec, vlen, flags, timeout);
  }

  @Override
  int recvmmsgCapturing(int sockfd, long msgvec, int vlen, int flags, long timeout) {
    return isFailure(receives)
        ? receives.poll()
        : super.recvmmsgCapturing(sockfd, msgvec, vlen, flags, timeout);
  }

  private static boolean isFailure(Deque<Integer> plan) {
    return !plan.isEmpty() && plan.peek() < 0;
  }

  @Override
  int setsockopt(int sockfd, int level, int optname, long optval, int optlen) {
    if (level == Constants.IPPROTO_UDP && isOld) {
      return -Errno.ENOPROTOOPT.code();
    }
    return level == Constants.SOL_SOCKET && optname == refusedOption
        ? -Errno.EPERM.code()
        : super.setsockopt(sockfd, level, optname, optval, optlen);
  }

  @Override
  int getsockopt(int sockfd, int level, int optname, long optval, long optlen) {
    if (optname == Constants.SO_ERROR) {
      clearedErrors++;
    }
    return super.getsockopt(sockfd, level, optname, optval, optlen);
  }

  @Override
  int epoll_ctl(int epfd, int op, int fd, long event) {
    if (op == Constants.EPOLL_CTL_MOD) {
      interestChanges++;
    }
    int planned = controls.isEmpty() ? 0 : controls.poll();
    return planned < 0 ? planned : super.epoll_ctl(epfd, op, fd, event);
  }

  @Override
  @SuppressWarnings("restricted")
  int epoll_wait(int epfd, long events, int maxevents, int timeout) {
    pollCalls++;
    if (nextPollAnswer == 0) {
      int count = super.epoll_wait(epfd, events, maxevents, timeout);
      polledEvents += Math.max(0, count);
      return count;
    }
    MemorySegment event = MemorySegment.ofAddress(events).reinterpret(Layouts.EPOLL_EVENT.size());
    long answer = Layouts.EPOLL_EVENT.offset("events");
    event.set(ValueLayout.JAVA_INT_UNALIGNED, answer, nextPollAnswer);
    event.set(ValueLayout.JAVA_LONG_UNALIGNED, Layouts.EPOLL_EVENT.offset("data"), 0);
    nextPollAnswer = 0;
    return 1;
  }
}
