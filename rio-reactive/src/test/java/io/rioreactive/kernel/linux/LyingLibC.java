package io.rioreactive.kernel.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;

/**
 * The real C library, but what it says of a received datagram is anything: its length, its sender,
 * the control messages and their length, the flags. How many came is the truth, and so is what they
 * contain.
 */
final class LyingLibC extends LibC {

  private static final long HEADER = Layouts.MMSGHDR.size();
  private static final long NAME = Layouts.MMSGHDR.offset("msg_hdr", "msg_name");
  private static final long NAME_LENGTH = Layouts.MMSGHDR.offset("msg_hdr", "msg_namelen");
  private static final long CONTROL = Layouts.MMSGHDR.offset("msg_hdr", "msg_control");
  private static final long CONTROL_LENGTH = Layouts.MMSGHDR.offset("msg_hdr", "msg_controllen");
  private static final long FLAGS = Layouts.MMSGHDR.offset("msg_hdr", "msg_flags");
  private static final long LENGTH = Layouts.MMSGHDR.offset("msg_len");

  /** {@code CMSG_LEN(0)}. */
  private static final int CONTROL_HEADER = 16;

  private final Lies lies;

  LyingLibC(Arena arena, Random random) {
    super(arena);
    lies = new Lies(random);
  }

  @Override
  int recvmmsg(int sockfd, long msgvec, int vlen, int flags, long timeout) {
    long[] room = controlRoom(msgvec, vlen);
    int received = super.recvmmsg(sockfd, msgvec, vlen, flags, timeout);
    lie(msgvec, received, room);
    return received;
  }

  @Override
  int recvmmsgCapturing(int sockfd, long msgvec, int vlen, int flags, long timeout) {
    long[] room = controlRoom(msgvec, vlen);
    int received = super.recvmmsgCapturing(sockfd, msgvec, vlen, flags, timeout);
    lie(msgvec, received, room);
    return received;
  }

  /** As the caller says, before the system overwrites it. */
  private static long[] controlRoom(long msgvec, int vlen) {
    MemorySegment headers = memory(msgvec, vlen * HEADER);
    long[] room = new long[vlen];
    for (int i = 0; i < vlen; i++) {
      room[i] = headers.get(JAVA_LONG, i * HEADER + CONTROL_LENGTH);
    }
    return room;
  }

  private void lie(long msgvec, int received, long[] room) {
    MemorySegment headers = memory(msgvec, Math.max(0, received) * HEADER);
    for (int i = 0; i < received; i++) {
      MemorySegment header = headers.asSlice(i * HEADER, HEADER);
      header.set(JAVA_INT, LENGTH, lies.length(header.get(JAVA_INT, LENGTH)));
      header.set(JAVA_INT, NAME_LENGTH, lies.number());
      header.set(JAVA_INT, FLAGS, lies.number());
      header.set(JAVA_LONG, CONTROL_LENGTH, lies.length((int) room[i]));
      long name = header.get(JAVA_LONG, NAME);
      if (name != NULL) {
        lies.address(memory(name, Layouts.SOCKADDR_IN6.size()));
      }
      long control = header.get(JAVA_LONG, CONTROL);
      if (control != NULL && room[i] > 0) {
        lies.control(memory(control, room[i]));
      }
    }
  }

  @SuppressWarnings("restricted")
  private static MemorySegment memory(long address, long bytes) {
    return MemorySegment.ofAddress(address).reinterpret(bytes);
  }

  /** What else might be said, from a seed. */
  static final class Lies {

    private final Random random;

    Lies(Random random) {
      this.random = random;
    }

    /** The truth now and then, else near it, or anything. */
    int length(int truth) {
      return switch (random.nextInt(5)) {
        case 0, 1 -> truth;
        case 2 -> truth + random.nextInt(-3, 4);
        case 3 -> random.nextInt(70_000);
        default -> random.nextInt();
      };
    }

    int number() {
      return random.nextInt();
    }

    /** Any bytes, often with a family that there is. */
    void address(MemorySegment name) {
      bytes(name);
      switch (random.nextInt(3)) {
        case 0 -> name.set(JAVA_SHORT, 0, (short) Constants.AF_INET);
        case 1 -> name.set(JAVA_SHORT, 0, (short) Constants.AF_INET6);
        default -> {}
      }
    }

    /** Any bytes, often with a first message that is likely to be believed. */
    void control(MemorySegment control) {
      bytes(control);
      if (random.nextBoolean() && control.byteSize() > CONTROL_HEADER) {
        control.set(JAVA_LONG, 0, CONTROL_HEADER + random.nextInt(24));
        boolean isCoalesced = random.nextBoolean();
        control.set(JAVA_INT, 8, isCoalesced ? Constants.IPPROTO_UDP : Constants.IPPROTO_IP);
        control.set(JAVA_INT, 12, isCoalesced ? Constants.UDP_GRO : Constants.IP_PKTINFO);
        if (isCoalesced && control.byteSize() >= CONTROL_HEADER + Integer.BYTES) {
          control.set(JAVA_INT, CONTROL_HEADER, random.nextInt(-5, 2_000));
        }
      }
    }

    private void bytes(MemorySegment memory) {
      byte[] noise = new byte[(int) memory.byteSize()];
      random.nextBytes(noise);
      MemorySegment.copy(noise, 0, memory, JAVA_BYTE, 0, noise.length);
    }
  }
}
