package io.rioreactive.kernel;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * One bound socket: receives and sends are posted to it by slot, and each accepted post ends in
 * exactly one completion on the {@link CompletionQueue} (a withdrawn one in none).
 *
 * <p>Used by the pump alone, but for {@link #kernelDrops} and {@link #pathMtu}. The pump owns the
 * slots: a slot belongs to the kernel from the post to the completion (or withdrawal), and to the
 * pump at all other times. What is posted may start before {@link #commit}, and has started after
 * it.
 */
public interface RequestQueue {

  /** {@link #postReceive} and {@link #postSend}: the request was accepted. */
  int ACCEPTED = 0;

  /** This socket's place in its completion queue; in every {@link CompletionBatch} entry. */
  int index();

  /**
   * The address the socket is bound to, with the port the system picked; of a connected one, the
   * address that the system picked for its peer.
   */
  InetSocketAddress localAddress();

  /**
   * Connects the socket to a peer: it receives from nobody else, every send goes there whatever its
   * slot says, and the system tells what could not be delivered ({@link
   * CompletionBatch#isUnreachable}). Called before the first post, and again whenever the peer is
   * to be another: then the socket, its port and what is posted stay, and a datagram of the former
   * peer that has arrived may still come.
   *
   * @param peer resolved, of a family the socket can reach, its port not 0
   * @throws IOException if the system refuses: no route to it, for one. The socket goes on as it
   *     was, as far as the system allows
   */
  void connect(InetSocketAddress peer) throws IOException;

  /**
   * Joins or leaves a multicast group, blocks a source in it or lets it in again. The caller sees
   * to it that the change is one: what is joined has not been, and so on.
   *
   * @throws IOException if the system refuses, with the reason and the remedy
   */
  default void changeMembership(MembershipChange change, GroupMembership membership)
      throws IOException {
    throw new IOException(
        change.of(membership) + " failed: this provider has no multicast: choose another");
  }

  /**
   * Where received datagrams and their senders stand, by {@link CompletionBatch#place}. It has a
   * slot for each receive that can be posted if the kernel writes to posted slots at any time; else
   * as many as one dequeue may fill, since then a datagram needs memory only while its batch is
   * handled.
   */
  SlotRegion receiveSlots();

  /** Where datagrams to send and their targets stand. */
  SlotRegion sendSlots();

  /** How addresses are written into the slots of this socket. */
  SocketAddressFormat addressFormat();

  /**
   * Hands a free receive slot to the kernel, to be filled by one datagram.
   *
   * @return {@link #ACCEPTED}, or the system's error code: the slot stays the pump's. One whose
   *     {@link #error} is UNREACHABLE is about a datagram sent earlier and told once
   */
  int postReceive(int slot);

  /**
   * Hands a send slot to the kernel: {@code length} bytes of payload, target in its address area.
   *
   * @return {@link #ACCEPTED}, or the system's error code: the slot stays the pump's
   */
  int postSend(int slot, int length);

  /**
   * Starts what was posted. The pump calls it at the end of each turn that posted anything.
   *
   * @throws java.io.UncheckedIOException if the system refuses: what was posted may then never
   *     start
   */
  void commit();

  /**
   * Takes posted receives back, the most recent first, where the kernel lets go of them.
   *
   * @param slots receives the slots that are the pump's again; its length is the most to take
   * @param count the most to take back, at most {@code slots.length}
   * @return how many were taken back; 0 where the kernel keeps every post
   */
  int withdrawReceives(int[] slots, int count);

  /**
   * Has the system give each datagram for the port that this socket shares to the socket whose pump
   * runs on the CPU that has received it, and by its hash where no pump does. Asked of kernels with
   * {@link Feature#CPU_AFFINITY} only.
   *
   * @param cpus that of each of the sockets on the port, in the order they were bound
   * @throws IOException if the system refuses, with the reason and the remedy
   */
  default void steerByCpu(List<Integer> cpus) throws IOException {
    throw new UnsupportedOperationException("no steering by CPU");
  }

  /**
   * Datagrams that were read from the socket beyond what is posted, and wait for the next posts: 0
   * but with {@link SocketConfig#coalescing}. After {@link #close} those that were lost with it.
   */
  default int surplus() {
    return 0;
  }

  /**
   * The error behind a code of {@link #postReceive}, {@link #postSend} or a completion.
   *
   * @param operation what was tried, for the text: {@code "receive"}, {@code "send"}
   */
  KernelException error(String operation, int code);

  /**
   * How many datagrams the kernel dropped because the socket's receive buffer was full; empty where
   * it does not tell. Any thread. After {@link #close} the last count.
   */
  OptionalLong kernelDrops();

  /**
   * Bytes of the largest IP packet that the system believes reaches the peer in one piece. Any
   * thread.
   *
   * @return empty where the system does not tell, and of a socket without a peer
   */
  default OptionalInt pathMtu() {
    return OptionalInt.empty();
  }

  /** A line of what the system granted, for the log at bind: sizes of the socket's buffers. */
  String describe();

  /**
   * Closes the socket. What is posted completes as {@link CompletionStatus#CANCELLED} or as what it
   * had become; the pump goes on dequeuing until it has seen all of it. Of the other methods only
   * {@link #error}, {@link #kernelDrops}, {@link #surplus}, {@link #release} and {@link #abandon}
   * may follow.
   */
  void close();

  /** Frees the slots and the index. Called after {@link #close}, when nothing is outstanding. */
  void release();

  /**
   * Gives the slots up without freeing them, since the kernel may still write to them. Called after
   * {@link #close}, instead of {@link #release}. No completion of this socket comes afterwards; its
   * index is used again only if none can.
   */
  void abandon();
}
