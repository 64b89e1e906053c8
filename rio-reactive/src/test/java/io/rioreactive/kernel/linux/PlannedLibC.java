package io.rioreactive.kernel.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The real C library, but for what a test plans: the next calls of {@code sendmmsg} and {@code
 * recvmmsg} fail with these errors, or move no more than so many messages.
 */
final class PlannedLibC extends LibC {

  private final Deque<Integer> sends = new ArrayDeque<>();
  private final Deque<Integer> receives = new ArrayDeque<>();
  private final Deque<Integer> connects = new ArrayDeque<>();
  private final Deque<Integer> binds = new ArrayDeque<>();
  private final Deque<Integer> controls = new ArrayDeque<>();
  private int nextPollAnswer;

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

  PlannedLibC(Arena arena) {
    super(arena);
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
