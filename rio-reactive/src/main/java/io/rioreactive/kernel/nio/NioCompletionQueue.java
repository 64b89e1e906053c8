package io.rioreactive.kernel.nio;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.CompletionQueue;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SocketConfig;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sockets of one pump, and the line of those that are ready: a socket joins it when the
 * selector finds it readable or writable or when it has results, is served for a while, and goes to
 * its end if there is more. So none waits for more than one such while of each other.
 *
 * <p>It owns the selector. The thread that opened it alone, but for {@link #wake}. It never calls
 * user code, and never selects to learn what it could know.
 */
final class NioCompletionQueue implements CompletionQueue {

  private static final Logger LOG = LoggerFactory.getLogger(NioCompletionQueue.class);

  /** After so many busy turns the sockets not in line are looked at, else one could starve them. */
  private static final int BUSY_TURNS_WITHOUT_SELECT = 16;

  private final Selector selector;
  private final boolean isPolled;
  private final Consumer<SelectionKey> onSelected = this::onSelected;
  private final BitSet indexes = new BitSet();
  private final ArrayDeque<NioRequestQueue> line = new ArrayDeque<>();
  private final ArrayList<NioRequestQueue> interestDue = new ArrayList<>();
  private int turnsWithoutSelect;
  private boolean wasIdle;

  /** Since the last await returned. Selects that do not wait swallow the selector's own mark. */
  private volatile boolean isWoken;

  private volatile boolean isClosed;

  /** Takes the selector over. */
  NioCompletionQueue(WaitMode waitMode, Selector selector) {
    // Sleeping on a port and sleeping on an event are the same here: select.
    this.isPolled = waitMode == WaitMode.POLLED;
    this.selector = selector;
  }

  @Override
  public RequestQueue openSocket(SocketConfig config) throws IOException {
    UdpChannel socket = UdpChannel.open(config);
    Arena arena = Arena.ofConfined();
    boolean isOpen = false;
    try {
      // A posted receive is only a number: memory is needed for what one visit can bring.
      int places = Math.min(config.receiveSlots(), NioRequestQueue.MOST_RECEIVES);
      Slab receiveSlab = Slab.allocate(arena, places, config.datagramSize());
      Slab sendSlab = Slab.allocate(arena, config.sendSlots(), config.datagramSize());
      int index = indexes.nextClearBit(0);
      SelectionKey key = socket.channel().register(selector, 0);
      NioRequestQueue opened =
          new NioRequestQueue(
              this, index, socket, key, arena, config.receiveSlots(), receiveSlab, sendSlab);
      key.attach(opened);
      indexes.set(index);
      isOpen = true;
      return opened;
    } finally {
      if (!isOpen) {
        arena.close();
        socket.channel().close();
        onChannelClosed();
      }
    }
  }

  void onGone(NioRequestQueue socket) {
    if (socket.isInLine) {
      socket.isInLine = false;
      line.remove(socket);
    }
    indexes.clear(socket.index());
  }

  /** A registered channel keeps its port until the selector has let go of it. */
  void onChannelClosed() {
    try {
      select(false);
    } catch (IOException e) {
      LOG.warn("a closed channel may keep its port for a while", e);
    }
  }

  /** The socket has something for {@link #dequeue}. */
  void onReady(NioRequestQueue socket) {
    if (!socket.isInLine) {
      socket.isInLine = true;
      line.addLast(socket);
    }
  }

  /** What the selector shall look for on the socket may have changed; told when it selects. */
  void onInterestChanged(NioRequestQueue socket) {
    if (!socket.isInterestDue) {
      socket.isInterestDue = true;
      interestDue.add(socket);
    }
  }

  // ---- dequeue

  @Override
  public boolean dequeue(CompletionBatch batch) throws IOException {
    if (isSelectDue()) {
      select(false);
    }
    int before = batch.size();
    for (int turns = line.size(); turns > 0 && batch.remaining() > 0; turns--) {
      NioRequestQueue socket = line.removeFirst();
      if (socket.onDequeue(batch)) {
        line.addLast(socket);
      } else {
        socket.isInLine = false;
      }
    }
    return batch.size() > before;
  }

  /**
   * Whether to look at the sockets without waiting. While the line is empty it is await's to do,
   * but a caller who dequeues twice without it shall not wait in vain.
   */
  private boolean isSelectDue() {
    if (!line.isEmpty()) {
      wasIdle = false;
      return ++turnsWithoutSelect >= BUSY_TURNS_WITHOUT_SELECT;
    }
    boolean isSecondTime = wasIdle;
    wasIdle = true;
    return isSecondTime;
  }

  // ---- await

  @Override
  public void await() throws IOException {
    wasIdle = false;
    if (isPolled) {
      select(false);
      Thread.onSpinWait();
    } else {
      boolean mayWait = line.isEmpty() && !isWoken;
      select(mayWait);
    }
    isWoken = false; // a wake that comes from here on ends the next await
  }

  private void select(boolean mayWait) throws IOException {
    for (int i = 0; i < interestDue.size(); i++) {
      NioRequestQueue socket = interestDue.get(i);
      socket.isInterestDue = false;
      socket.onInterestDue();
    }
    interestDue.clear();
    if (mayWait) {
      // The mark of an interrupt would end each select at once, and nobody ends a pump that way.
      boolean wasInterrupted = Thread.interrupted();
      selector.select(onSelected);
      if (wasInterrupted) {
        LOG.debug("an interrupt of the pump's thread was ignored");
      }
    } else {
      selector.selectNow(onSelected);
    }
    turnsWithoutSelect = 0;
  }

  private void onSelected(SelectionKey key) {
    if (key.attachment() instanceof NioRequestQueue socket) {
      socket.onSelected(key.readyOps());
    }
  }

  @Override
  public void wake() {
    if (!isPolled && !isClosed) {
      isWoken = true;
      selector.wakeup();
    }
  }

  @Override
  public void close() {
    if (!indexes.isEmpty()) {
      throw new IllegalStateException("sockets are open on this queue");
    }
    isClosed = true;
    try {
      selector.close();
    } catch (IOException e) {
      LOG.warn("closing the selector failed", e);
    }
  }
}
