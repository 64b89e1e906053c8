package io.rioreactive;

import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketAddressFormat;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jctools.queues.atomic.MpscGrowableAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * What may be sent to an address that may be forged: three times the bytes that have come from it,
 * as in RFC 9000, section 8.1, until the application has validated it.
 *
 * <p>A set-associative table of {@link #PEERS} addresses, each with what may still be sent to it.
 * To forget one is safe: nothing may then be sent to it before it sends again. In each set those
 * that send again move to the front, and a new one begins in the middle, behind which it grows old
 * and is forgotten: one that waits for its first answer is displaced by the fourth stranger after
 * it, and not by the next. Forged addresses displace each other and those that have sent once. A
 * validated one goes only where all of its set are, the oldest first.
 *
 * <p>Its memory is allocated at once and does not grow. Owned by the pump, but for {@link
 * #validate}.
 */
final class AmplificationGuard {

  /** Bytes to an address for each byte from it. */
  static final int FACTOR = 3;

  /** 512 KiB in all. */
  static final int PEERS = 1 << 14;

  private static final int WAYS = 8;

  /** Where a new one begins. */
  private static final int MIDDLE = WAYS / 2;

  /** Validated addresses that wait until the pump takes notice; of more, the latest are lost. */
  private static final int MOST_WAITING = 4 * PEERS;

  /** In place of credit: without limit. */
  private static final long VALIDATED = Long.MAX_VALUE;

  /** In place of port and scope: the entry is empty. No port is so large. */
  private static final long EMPTY = -1;

  /** Made once: a flood of questions shall not be one of exceptions. */
  private final DatagramWriter.Unsendable refusal =
      DatagramWriter.Unsendable.shared(
          DropReason.AMPLIFICATION,
          "its target would get more than three times the bytes that came from it, and it may be"
              + " forged (amplificationGuard): answer less, or call RioConnection.validated once"
              + " the target has shown that it hears what is sent to it");

  private final SocketAddressFormat format;
  private final SlotRegion receives;
  private final MemorySegment received;
  private final SlotRegion sends;
  private final MemorySegment sent;

  private final SourceHash hash = new SourceHash(PEERS / WAYS);
  private final long[] high = new long[PEERS];
  private final long[] low = new long[PEERS];
  private final long[] portAndScope = new long[PEERS];

  /** Bytes that may still be sent. */
  private final long[] credit = new long[PEERS];

  /** Told by any thread, and not taken notice of yet. */
  private final Queue<InetSocketAddress> validated =
      new MpscGrowableAtomicArrayQueue<>(WAYS, MOST_WAITING);

  /** Whether {@link #onValidated} is to be called. */
  private final AtomicBoolean isNoticeDue = new AtomicBoolean();

  AmplificationGuard(RequestQueue queue) {
    this.format = queue.addressFormat();
    this.receives = queue.receiveSlots();
    this.received = receives.memory();
    this.sends = queue.sendSlots();
    this.sent = sends.memory();
    Arrays.fill(portAndScope, EMPTY);
  }

  /** Null where the application has asked for none. */
  static @Nullable AmplificationGuard of(UdpOptions options, RequestQueue queue) {
    return options.guardsAmplification() ? new AmplificationGuard(queue) : null;
  }

  /**
   * A datagram has come.
   *
   * @param place where it stands
   * @param length of it; what was cut off does not count
   */
  void onReceived(int place, int length) {
    long address = receives.addressAt(place);
    int entry =
        takeEntry(
            format.readHigh(received, address),
            format.readLow(received, address),
            format.readPortAndScope(received, address));
    if (credit[entry] != VALIDATED) {
      credit[entry] += (long) FACTOR * length;
    }
  }

  /** Whether so many bytes may leave to the target of this send slot, which are then counted. */
  boolean admits(int slot, int bytes) {
    long address = sends.addressAt(slot);
    long itsHigh = format.readHigh(sent, address);
    long itsLow = format.readLow(sent, address);
    long itsPort = format.readPortAndScope(sent, address);
    // Whoever validates a peer and then answers it finds it validated, also from another thread.
    return isCovered(itsHigh, itsLow, itsPort, bytes)
        || (onValidated() && isCovered(itsHigh, itsLow, itsPort, bytes));
  }

  private boolean isCovered(long itsHigh, long itsLow, long itsPort, int bytes) {
    int entry = find(itsHigh, itsLow, itsPort);
    if (entry < 0) {
      return bytes == 0;
    }
    if (credit[entry] == VALIDATED) {
      return true;
    }
    if (bytes > credit[entry]) {
      return false;
    }
    credit[entry] -= bytes;
    return true;
  }

  /** What was admitted has not left: so many bytes to the target of this send slot. */
  void onNotSent(int slot, int bytes) {
    long address = sends.addressAt(slot);
    int entry =
        find(
            format.readHigh(sent, address),
            format.readLow(sent, address),
            format.readPortAndScope(sent, address));
    if (entry >= 0 && credit[entry] != VALIDATED) {
      credit[entry] += bytes;
    }
  }

  /** What becomes of a datagram that may not leave. */
  DatagramWriter.Unsendable refusal() {
    return refusal;
  }

  /**
   * The application knows that this resolved address is not forged. Any thread.
   *
   * @return whether the pump is to be told, which then calls {@link #onValidated}
   */
  boolean validate(InetSocketAddress peer) {
    // A flood while the pump stands still must not fill the heap; to lose one is to forget it.
    boolean _ = validated.offer(peer);
    return !isNoticeDue.getAndSet(true);
  }

  /** Takes notice of that; answers whether there was any. */
  boolean onValidated() {
    isNoticeDue.set(false); // first: what comes from now on is told anew
    InetSocketAddress peer = validated.poll();
    boolean wereAny = peer != null;
    for (; peer != null; peer = validated.poll()) {
      onPeerValidated(peer);
    }
    return wereAny;
  }

  private void onPeerValidated(InetSocketAddress peer) {
    InetAddress ip = peer.getAddress();
    long itsPort =
        SocketAddressFormat.portAndScope(peer.getPort(), SocketAddressFormat.scopeOf(ip));
    int entry = takeEntry(SocketAddressFormat.high(ip), SocketAddressFormat.low(ip), itsPort);
    credit[entry] = VALIDATED;
  }

  /** Its entry, one place further in front than it was, or a new one. */
  private int takeEntry(long itsHigh, long itsLow, long itsPort) {
    int entry = find(itsHigh, itsLow, itsPort);
    if (entry < 0) {
      entry = placeIn(hash.setOf(itsHigh, itsLow, itsPort) * WAYS);
      high[entry] = itsHigh;
      low[entry] = itsLow;
      portAndScope[entry] = itsPort;
      credit[entry] = 0;
    } else if (entry % WAYS != 0) {
      swap(entry, entry - 1);
      entry--;
    }
    return entry;
  }

  /** Where it stands; negative if it is not there. */
  private int find(long itsHigh, long itsLow, long itsPort) {
    int first = hash.setOf(itsHigh, itsLow, itsPort) * WAYS;
    for (int i = first; i < first + WAYS; i++) {
      if (low[i] == itsLow && portAndScope[i] == itsPort && high[i] == itsHigh) {
        return i;
      }
    }
    return -1;
  }

  /** Where a new one is to stand: in an empty place, else in the middle of its set. */
  private int placeIn(int first) {
    for (int i = first; i < first + WAYS; i++) {
      if (portAndScope[i] == EMPTY) {
        return i;
      }
    }
    int place = lastNotValidated(first);
    for (; place > first + MIDDLE; place--) {
      swap(place, place - 1); // those between grow older by one
    }
    return place;
  }

  private int lastNotValidated(int first) {
    for (int i = first + WAYS - 1; i >= first; i--) {
      if (credit[i] != VALIDATED) {
        return i;
      }
    }
    return first + WAYS - 1;
  }

  private void swap(int one, int other) {
    swap(high, one, other);
    swap(low, one, other);
    swap(portAndScope, one, other);
    swap(credit, one, other);
  }

  private static void swap(long[] all, int one, int other) {
    long held = all[one];
    all[one] = all[other];
    all[other] = held;
  }
}
