package io.rioreactive.test.kernel;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SlotRegion;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * One completion, in a form that can be compared and printed.
 *
 * @param text the payload that was received, a character for each byte; null where none was
 * @param sender whose datagram it was; null where none was
 */
record Done(
    boolean isReceive,
    int slot,
    CompletionStatus status,
    int length,
    int code,
    @Nullable String text,
    @Nullable InetSocketAddress sender) {

  /** A send that went out whole. */
  static Done sent(int slot, String text) {
    return new Done(false, slot, CompletionStatus.OK, text.length(), 0, null, null);
  }

  /** Copies completion {@code i} and its datagram, if it has one. */
  static Done of(CompletionBatch batch, int i, RequestQueue socket) {
    CompletionStatus status = batch.status(i);
    boolean hasDatagram =
        batch.isReceive(i)
            && (status == CompletionStatus.OK || status == CompletionStatus.TRUNCATED);
    return new Done(
        batch.isReceive(i),
        batch.slot(i),
        status,
        batch.length(i),
        batch.code(i),
        hasDatagram ? text(batch, i, socket) : null,
        hasDatagram ? sender(batch, i, socket) : null);
  }

  private static String text(CompletionBatch batch, int i, RequestQueue socket) {
    SlotRegion slots = socket.receiveSlots();
    long length = Math.min(batch.length(i), slots.payloadSize());
    MemorySegment payload = slots.memory().asSlice(slots.payloadAt(batch.place(i)), length);
    return new String(payload.toArray(ValueLayout.JAVA_BYTE), ISO_8859_1);
  }

  private static InetSocketAddress sender(CompletionBatch batch, int i, RequestQueue socket) {
    SlotRegion slots = socket.receiveSlots();
    return socket.addressFormat().read(slots.memory(), slots.addressAt(batch.place(i)));
  }
}
