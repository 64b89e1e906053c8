package io.rioreactive.test.fuzz;

import io.rioreactive.kernel.CompletionStatus;
import java.nio.charset.StandardCharsets;

/**
 * A completion as it was given to the pump. Nobody compares two.
 *
 * @param slot negative for the news that something sent earlier did not arrive
 * @param bytes the payload of a received datagram
 * @param isDuplicate whether the kernel gave it out a second time
 */
@SuppressWarnings("ArrayRecordComponent")
record Done(
    ModelConnection connection,
    boolean isReceive,
    int slot,
    CompletionStatus status,
    int length,
    int code,
    byte[] bytes,
    boolean isDuplicate) {

  @Override
  public String toString() {
    return "%s %s %s slot %d%s%s"
        .formatted(
            connection,
            isReceive ? "receive" : "send",
            status,
            slot,
            isReceive ? " \"" + new String(bytes, StandardCharsets.UTF_8) + "\"" : "",
            isDuplicate ? " (a second time)" : "");
  }
}
