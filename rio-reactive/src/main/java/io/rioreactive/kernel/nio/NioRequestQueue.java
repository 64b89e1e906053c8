package io.rioreactive.kernel.nio;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.GroupMembership;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.MembershipChange;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SendRing;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketAddressFormat;
import io.rioreactive.kernel.UnreachableNews;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One socket: its posted receives as a stack, its sends as a ring, and what is known of its
 * readiness.
 *
 * <p>It owns the channel and the slots. The queue's thread alone, but for {@link #kernelDrops}. It
 * never blocks, and never keeps a slot's memory in a call that has returned.
 *
 * <p>Connected, it writes instead of sending to an address, and the JDK tells of earlier datagrams
 * by failing a call: the call is made again, and the failure is news.
 *
 * <pre>
 *   isReadable:  no ──select──▶ yes ──nothing there──▶ no
 *   isBlocked:   no ──full──▶ yes ──select──▶ no
 *   life:        open ──channel closed by others──▶ failed ──close──▶ closed ──release──▶ (gone)
 *                     ───────────────── close ──────────────────────▶
 * </pre>
 */
final class NioRequestQueue implements RequestQueue {

  private static final Logger LOG = LoggerFactory.getLogger(NioRequestQueue.class);

  /** The most receives in a row, so that a flooded socket does not keep others waiting. */
  static final int MOST_RECEIVES = 64;

  /** A send may meet the news of each of so many earlier ones before its own fate. */
  private static final int MOST_ATTEMPTS = 8;

  private final NioCompletionQueue queue;
  private final int index;
  private final UdpChannel socket;
  private final DatagramChannel channel;
  private final NioMemberships memberships;
  private final SelectionKey key;
  private final NioErrors errors = new NioErrors();
  private final NioPeer peer;
  private final NioTransfers transfers;
  private final Arena arena;
  private final Slab receiveSlab;
  private final Slab sendSlab;

  /** Posted receives: numbers only, the one posted last is completed first. */
  private final int[] posted;

  private int postedCount;

  /** May have datagrams; looked at at once after the bind. */
  private boolean isReadable = true;

  private final SendRing sends;
  private boolean isBlocked;
  private final UnreachableNews news = new UnreachableNews();

  /** How often the first waiting send has met news in a row. */
  private int attempts;

  /** How all that is posted ends; null while the socket is open. */
  private @Nullable CompletionStatus end;

  private int endCode;
  private boolean isClosed;

  /** In the queue's line; the queue's to write. */
  boolean isInLine;

  /** The selector is to be told of the interest; the queue's to write. */
  boolean isInterestDue;

  NioRequestQueue(
      NioCompletionQueue queue,
      int index,
      UdpChannel socket,
      SelectionKey key,
      Arena arena,
      int receiveSlots,
      Slab receiveSlab,
      Slab sendSlab) {
    this.queue = queue;
    this.index = index;
    this.socket = socket;
    this.channel = socket.channel();
    this.memberships = new NioMemberships(channel);
    this.key = key;
    this.arena = arena;
    this.receiveSlab = receiveSlab;
    this.sendSlab = sendSlab;
    this.peer = new NioPeer(socket, errors);
    this.transfers = new NioTransfers(socket, peer, receiveSlab, sendSlab);
    this.posted = new int[receiveSlots];
    this.sends = new SendRing(sendSlab.region().slots());
  }

  @Override
  public int index() {
    return index;
  }

  @Override
  public InetSocketAddress localAddress() {
    return peer.localAddress();
  }

  @Override
  public void connect(InetSocketAddress to) throws KernelException {
    peer.connect(to);
  }

  @Override
  public void changeMembership(MembershipChange change, GroupMembership membership)
      throws IOException {
    memberships.change(change, membership);
  }

  @Override
  public SlotRegion receiveSlots() {
    return receiveSlab.region();
  }

  @Override
  public SlotRegion sendSlots() {
    return sendSlab.region();
  }

  @Override
  public SocketAddressFormat addressFormat() {
    return socket.format();
  }

  @Override
  public KernelException error(String operation, int code) {
    return errors.exception(operation, code);
  }

  /** The JDK does not tell. */
  @Override
  public OptionalLong kernelDrops() {
    return OptionalLong.empty();
  }

  @Override
  public String describe() {
    return "receive buffer "
        + socket.receiveBuffer()
        + " bytes, send buffer "
        + socket.sendBuffer()
        + " bytes";
  }

  @Override
  public int postReceive(int slot) {
    if (end != null) {
      return refusal();
    }
    posted[postedCount++] = slot;
    if (isReadable) {
      queue.onReady(this);
    } else if (postedCount == 1) {
      queue.onInterestChanged(this);
    }
    return ACCEPTED;
  }

  @Override
  public int withdrawReceives(int[] slots, int count) {
    int n = Math.min(count, postedCount);
    for (int i = 0; i < n; i++) {
      slots[i] = posted[--postedCount];
    }
    queue.onInterestChanged(this);
    return n;
  }

  @Override
  public int postSend(int slot, int length) {
    if (end != null) {
      return refusal();
    }
    sends.post(slot, length);
    return ACCEPTED;
  }

  private int refusal() {
    return endCode == 0 ? NioError.CLOSED.code() : endCode;
  }

  @Override
  public void commit() {
    if (!isBlocked) {
      flush();
    }
    if (sends.done() + news.waiting() > 0) {
      queue.onReady(this);
    }
  }

  /**
   * Adds completions to the batch, a bounded number of receives.
   *
   * @return whether there is more to be had at once
   */
  boolean onDequeue(CompletionBatch batch) {
    if (!isBlocked) {
      flush();
    }
    int room = batch.remaining();
    // Sends first, but they leave room: else a batch full of them each time would starve receives.
    sends.dequeue(batch, index, isReceiveDue() ? (room + 1) / 2 : room);
    if (end != null) {
      endReceives(batch, end);
    } else {
      receive(batch);
    }
    sends.dequeue(batch, index, batch.remaining());
    news.dequeue(batch, index);
    return sends.done() + news.waiting() > 0 || (end == null ? isReceiveDue() : postedCount > 0);
  }

  private boolean isReceiveDue() {
    return isReadable && postedCount > 0;
  }

  // ---- receive

  private void receive(CompletionBatch batch) {
    int most = Math.min(receiveSlab.region().slots(), batch.remaining());
    for (int place = 0; place < most && isReceiveDue(); place++) {
      receiveOne(batch, place);
    }
    if (!isReceiveDue()) {
      queue.onInterestChanged(this);
    }
  }

  private void receiveOne(CompletionBatch batch, int place) {
    int slot = posted[postedCount - 1];
    try {
      int length = transfers.receive(place);
      if (length == NioTransfers.NOTHING) {
        isReadable = false;
      } else if (!peer.isLost()) { // else it may be anybody's
        postedCount--;
        addReceived(batch, slot, place, length);
      }
    } catch (ClosedChannelException e) {
      fail(e);
      endReceives(batch, CompletionStatus.SOCKET_FAILED);
    } catch (IOException e) {
      isReadable = false; // an error that stays shall not be met 64 times in a turn
      if (isAboutEarlierDatagram(e)) {
        batch.addUnreachable(index, errors.codeOf(e));
      } else {
        postedCount--;
        batch.addReceive(index, slot, CompletionStatus.FAILED, 0, errors.codeOf(e));
      }
    }
  }

  private void addReceived(CompletionBatch batch, int slot, int place, int length) {
    int size = receiveSlab.region().payloadSize();
    if (length <= size) {
      batch.addReceive(index, slot, place, CompletionStatus.OK, length, 0);
    } else {
      batch.addReceive(index, slot, place, CompletionStatus.TRUNCATED, size, 0);
    }
  }

  // ---- send

  /** Sends what waits, until nothing does or the system's buffer is full. Each round advances. */
  private void flush() {
    while (sends.waiting() > 0 && sendFirst()) {
      // the work is in the condition
    }
  }

  private boolean sendFirst() {
    int slot = sends.slot(0);
    int length = sends.length(0);
    try {
      if (!transfers.send(slot, length)) {
        isBlocked = true;
        queue.onInterestChanged(this);
        return false;
      }
      sends.sent(1);
      attempts = 0;
      return true;
    } catch (ClosedChannelException e) {
      fail(e);
      return false;
    } catch (IOException | IllegalArgumentException e) {
      if (isAboutEarlierDatagram(e) && ++attempts < MOST_ATTEMPTS) {
        news.add(errors.codeOf(e)); // and this one is sent again
      } else {
        attempts = 0;
        sends.failed(CompletionStatus.FAILED, errors.codeOf(e));
      }
      return true;
    }
  }

  /** Whether a call on a connected channel has failed for an earlier datagram's sake. */
  private boolean isAboutEarlierDatagram(Exception thrown) {
    return peer.isThere() && NioError.isAboutEarlierDatagram(thrown);
  }

  // ---- what the queue asks and tells

  /** Tells the selector what to look for. */
  void onInterestDue() {
    if (end == null) {
      key.interestOps(
          (postedCount > 0 ? SelectionKey.OP_READ : 0) | (isBlocked ? SelectionKey.OP_WRITE : 0));
    }
  }

  void onSelected(int ops) {
    if ((ops & SelectionKey.OP_READ) != 0) {
      isReadable = true;
    }
    if ((ops & SelectionKey.OP_WRITE) != 0) {
      isBlocked = false;
      queue.onInterestChanged(this);
    }
    queue.onReady(this);
  }

  // ---- end

  private void fail(ClosedChannelException thrown) {
    end(CompletionStatus.SOCKET_FAILED, errors.codeOf(thrown));
  }

  private void end(CompletionStatus status, int code) {
    if (end == null) {
      end = status;
      endCode = code;
      sends.allFailed(status, code);
      news.clear();
      queue.onReady(this);
    }
  }

  private void endReceives(CompletionBatch batch, CompletionStatus status) {
    while (postedCount > 0 && batch.remaining() > 0) {
      batch.addReceive(index, posted[--postedCount], status, 0, endCode);
    }
  }

  @Override
  public void close() {
    if (!isClosed) {
      isClosed = true;
      end(CompletionStatus.CANCELLED, 0);
      try {
        channel.close();
      } catch (IOException e) {
        LOG.warn("closing the socket on {} failed", peer.localAddress(), e);
      }
      queue.onChannelClosed();
    }
  }

  @Override
  public void release() {
    requireClosed();
    int outstanding = postedCount + sends.waiting() + sends.done();
    if (outstanding > 0) {
      throw new IllegalStateException(outstanding + " requests are outstanding");
    }
    queue.onGone(this);
    arena.close();
  }

  /** No system owns a slot here; the memory is left all the same, since the pump believes so. */
  @Override
  public void abandon() {
    requireClosed();
    postedCount = 0;
    sends.clear();
    queue.onGone(this);
  }

  private void requireClosed() {
    if (!isClosed) {
      throw new IllegalStateException("the socket is open");
    }
  }
}
