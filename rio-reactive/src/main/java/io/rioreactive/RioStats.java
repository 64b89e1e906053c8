package io.rioreactive;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * What a connection has done so far: a snapshot. Counters only grow; they begin at bind and can
 * still be read when the connection is closed.
 *
 * <p>Two laws hold whenever the pump is between two turns and nothing is under way:
 *
 * <pre>
 * received = delivered + skipped + all of dropped
 * accepted = sent + all of failed + discarded + inFlight
 * </pre>
 *
 * <pre>{@code
 * RioStats stats = connection.stats();
 * System.out.printf("%d in, %d dropped%n", stats.received(), stats.droppedTotal());
 * }</pre>
 *
 * @param demand datagrams the subscriber has asked for and not got; {@link Long#MAX_VALUE} if
 *     unbounded; 0 without a subscriber
 * @param posted receives posted to the kernel: the demand it knows of
 * @param receiveSlots the most that can be posted
 * @param surplus datagrams that were read beyond the demand, and wait for more of it: 0 but with
 *     {@link RioUdpTransport#coalescing}; after the close those that were lost with it. Not among
 *     those received
 * @param received datagrams taken from the socket
 * @param delivered of those, given to the subscriber
 * @param skipped of those, skipped by a decoder that answered null
 * @param dropped of those, dropped, by reason; every inbound reason is there
 * @param receiveErrors receives that failed without a datagram; the socket went on
 * @param bytesReceived payload bytes delivered
 * @param accepted datagrams taken from the publishers of {@code send}
 * @param sent of those, taken by the kernel
 * @param failed of those, not sent, by reason; every outbound reason is there
 * @param discarded of those, given up because their send was cancelled or the connection closed
 * @param inFlight of those, in a send slot and not yet completed by the kernel
 * @param sendSlots the most that can be in flight
 * @param bytesSent payload bytes sent
 * @param handlerFailures how often the publisher of {@code handle}, or a call of {@code respond},
 *     failed; beside the laws, since what it had been given counts as delivered
 * @param respondTimeouts calls of {@code respond} that had not ended in time; beside the laws too
 * @param unreachable how often the network said that a datagram sent by this client could not be
 *     delivered; beside the laws, since the kernel had taken it
 * @param reconnects how often a client was connected to another peer ({@link
 *     RioUdpClient#resolveEvery})
 * @param batches turns of the pump that brought this connection datagrams
 * @param longestTurn the longest turn of the pump it lives on, other connections' work included
 * @param kernelDrops datagrams the kernel dropped since the socket's receive buffer was full; with
 *     {@link RioUdpTransport#coalescing} it counts messages, of one or more datagrams each; empty
 *     where the kernel does not tell
 * @param memberships the multicast groups it has joined, as they were asked for; none once it
 *     closes
 */
public record RioStats(
    long demand,
    int posted,
    int receiveSlots,
    int surplus,
    long received,
    long delivered,
    long skipped,
    Map<DropReason, Long> dropped,
    long receiveErrors,
    long bytesReceived,
    long accepted,
    long sent,
    Map<DropReason, Long> failed,
    long discarded,
    int inFlight,
    int sendSlots,
    long bytesSent,
    long handlerFailures,
    long respondTimeouts,
    long unreachable,
    long reconnects,
    long batches,
    Duration longestTurn,
    OptionalLong kernelDrops,
    List<Membership> memberships) {

  /** Copies the maps and the list. */
  public RioStats {
    dropped = copy(dropped);
    failed = copy(failed);
    memberships = List.copyOf(memberships);
  }

  /** An unmodifiable copy in the order of the enum, which {@code Map.copyOf} would lose. */
  private static Map<DropReason, Long> copy(Map<DropReason, Long> counts) {
    Map<DropReason, Long> copy = new EnumMap<>(DropReason.class);
    copy.putAll(counts);
    return Collections.unmodifiableMap(copy);
  }

  /** Both together: sums, but the longer of the longest turns. */
  RioStats plus(RioStats other) {
    long demands = demand + other.demand;
    return new RioStats(
        demands < 0 ? Long.MAX_VALUE : demands,
        posted + other.posted,
        receiveSlots + other.receiveSlots,
        surplus + other.surplus,
        received + other.received,
        delivered + other.delivered,
        skipped + other.skipped,
        sum(dropped, other.dropped),
        receiveErrors + other.receiveErrors,
        bytesReceived + other.bytesReceived,
        accepted + other.accepted,
        sent + other.sent,
        sum(failed, other.failed),
        discarded + other.discarded,
        inFlight + other.inFlight,
        sendSlots + other.sendSlots,
        bytesSent + other.bytesSent,
        handlerFailures + other.handlerFailures,
        respondTimeouts + other.respondTimeouts,
        unreachable + other.unreachable,
        reconnects + other.reconnects,
        batches + other.batches,
        longestTurn.compareTo(other.longestTurn) > 0 ? longestTurn : other.longestTurn,
        kernelDrops.isPresent() && other.kernelDrops.isPresent()
            ? OptionalLong.of(kernelDrops.getAsLong() + other.kernelDrops.getAsLong())
            : OptionalLong.empty(),
        Stream.concat(memberships.stream(), other.memberships.stream()).toList());
  }

  private static Map<DropReason, Long> sum(
      Map<DropReason, Long> counts, Map<DropReason, Long> others) {
    Map<DropReason, Long> sum = new EnumMap<>(counts);
    others.forEach((reason, count) -> sum.merge(reason, count, Long::sum));
    return sum;
  }

  /** Whether the subscriber takes whatever comes. */
  public boolean isDemandUnbounded() {
    return demand == Long.MAX_VALUE;
  }

  /** How many were dropped or not sent for this reason. */
  public long count(DropReason reason) {
    Map<DropReason, Long> counts = reason.direction() == Drop.Direction.INBOUND ? dropped : failed;
    return counts.getOrDefault(reason, 0L);
  }

  /** Received and dropped, for whatever reason. */
  public long droppedTotal() {
    return total(dropped);
  }

  /** Accepted for sending and failed, for whatever reason. */
  public long failedTotal() {
    return total(failed);
  }

  private static long total(Map<DropReason, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** One line for people: zeros of drops left out, unbounded demand as such. */
  @Override
  public String toString() {
    return "demand "
        + (isDemandUnbounded() ? "unbounded" : demand)
        + ", posted "
        + posted
        + " of "
        + receiveSlots
        + (surplus == 0 ? "" : ", surplus " + surplus)
        + "; received "
        + received
        + ", delivered "
        + delivered
        + ", skipped "
        + skipped
        + text(", dropped", dropped)
        + ", dropped by the kernel "
        + (kernelDrops.isPresent() ? kernelDrops.getAsLong() : "unknown")
        + "; sent "
        + sent
        + " of "
        + accepted
        + text(", failed", failed)
        + (discarded == 0 ? "" : ", discarded " + discarded)
        + ", in flight "
        + inFlight
        + (handlerFailures == 0 ? "" : "; handler failed " + handlerFailures + " times")
        + (respondTimeouts == 0 ? "" : "; " + respondTimeouts + " calls of respond timed out")
        + (unreachable == 0 ? "" : "; unreachable " + unreachable + " times")
        + (reconnects == 0 ? "" : "; reconnected " + reconnects + " times")
        + (memberships.isEmpty() ? "" : "; joined " + memberships);
  }

  private static String text(String label, Map<DropReason, Long> counts) {
    StringBuilder text = new StringBuilder();
    counts.forEach(
        (reason, count) -> {
          if (count > 0) {
            text.append(text.isEmpty() ? label : ",").append(' ').append(reason);
            text.append(' ').append(count);
          }
        });
    return text.toString();
  }
}
