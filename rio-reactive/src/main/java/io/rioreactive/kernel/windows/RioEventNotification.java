package io.rioreactive.kernel.windows;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.rioreactive.ffm.Struct;
import io.rioreactive.kernel.KernelException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The pump sleeps on two events: the queue's, which {@code RIONotify} resets and the queue sets,
 * and one to wake it, which resets itself.
 *
 * <p>It owns both. {@link #wake} by any thread; after {@link #close} nothing is set: the handle may
 * be somebody else's by then.
 */
final class RioEventNotification implements RioNotification {

  private static final int QUEUE = 0;
  private static final int WAKE = 1;
  private static final int EVENTS = 2;

  private static final Struct NOTIFICATION = Layouts.RIO_NOTIFICATION_COMPLETION;

  private final Kernel32 kernel32;
  private final MemorySegment handles;
  private final long wakeEvent;
  private final MemorySegment descriptor;
  private final RioArming arming = new RioArming();
  private boolean isClosed;

  RioEventNotification(Kernel32 kernel32, Arena arena) throws KernelException {
    this.kernel32 = kernel32;
    handles = arena.allocate(JAVA_LONG, EVENTS);
    descriptor = arena.allocate(NOTIFICATION.layout());
    long queueEvent = open(true);
    long wakeEvent = 0;
    try {
      wakeEvent = open(false);
    } finally {
      if (wakeEvent == 0) {
        kernel32.CloseHandle(queueEvent);
      }
    }
    this.wakeEvent = wakeEvent;
    handles.setAtIndex(JAVA_LONG, QUEUE, queueEvent);
    handles.setAtIndex(JAVA_LONG, WAKE, wakeEvent);
    descriptor.set(JAVA_INT, NOTIFICATION.offset("Type"), Constants.RIO_EVENT_COMPLETION);
    descriptor.set(JAVA_LONG, NOTIFICATION.offset("u", "Event", "EventHandle"), queueEvent);
    descriptor.set(JAVA_INT, NOTIFICATION.offset("u", "Event", "NotifyReset"), 1);
  }

  private long open(boolean isResetByHand) throws KernelException {
    long handle = kernel32.CreateEventW(Constants.NULL, isResetByHand ? 1 : 0, 0, Constants.NULL);
    if (handle < 0) {
      throw WsaError.exception("CreateEventW", (int) -handle);
    }
    return handle;
  }

  @Override
  public long descriptor() {
    return descriptor.address();
  }

  @Override
  public void await(RioFunctions rio, long cq) throws KernelException {
    int milliseconds = arming.arm(rio, cq);
    int result = kernel32.WaitForMultipleObjects(EVENTS, handles.address(), 0, milliseconds);
    if (result == Constants.WAIT_FAILED) {
      result = kernel32.WaitForMultipleObjectsCapturing(EVENTS, handles.address(), 0, milliseconds);
    }
    if (result < 0) {
      throw WsaError.exception("WaitForMultipleObjects", -result);
    }
    if (result == Constants.WAIT_TIMEOUT) {
      arming.onTimeUp();
    } else if (result == Constants.WAIT_OBJECT_0 + QUEUE) {
      arming.onTold();
    }
  }

  @Override
  public synchronized void wake() {
    if (!isClosed) {
      kernel32.SetEvent(wakeEvent);
    }
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    kernel32.CloseHandle(wakeEvent);
    kernel32.CloseHandle(handles.getAtIndex(JAVA_LONG, QUEUE));
  }
}
