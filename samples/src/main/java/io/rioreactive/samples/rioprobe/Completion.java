package io.rioreactive.samples.rioprobe;

import org.jspecify.annotations.Nullable;

/**
 * A {@code RIORESULT}.
 *
 * @param status 0 or an error code
 * @param bytes {@code BytesTransferred}
 * @param cell the cell of the request
 * @param isSend its direction
 */
record Completion(int status, int bytes, int cell, boolean isSend) {

  /** For the table; null is none in time. */
  static String text(@Nullable Completion completion) {
    if (completion == null) {
      return "no completion within 2 s";
    }
    String status = completion.status == 0 ? "0" : WindowsCalls.text(completion.status);
    return "status " + status + ", bytes " + completion.bytes;
  }
}
