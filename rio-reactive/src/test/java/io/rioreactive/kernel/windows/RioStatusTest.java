package io.rioreactive.kernel.windows;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.kernel.CompletionStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RioStatusTest {

  private static final int SLOT = 600;

  @ParameterizedTest
  @CsvSource({
    "0, OK",
    "995, FAILED", // others cancelled it
    "10040, TRUNCATED",
    "10052, FAILED", // of an earlier datagram
    "10054, FAILED",
    "10050, FAILED",
    "10055, FAILED", // passes
    "10038, SOCKET_FAILED",
    "10014, SOCKET_FAILED",
    "10093, SOCKET_FAILED",
    "4711, FAILED", // unknown
  })
  void aReceive(int status, CompletionStatus expected) {
    assertThat(RioStatus.ofReceive(status, 1, SLOT, false)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "0, OK",
    "995, FAILED", // others cancelled it
    "10040, FAILED", // nothing of it went out
    "10052, FAILED",
    "10054, FAILED",
    "10065, FAILED",
    "10013, FAILED",
    "10022, FAILED",
    "10049, FAILED",
    "10055, FAILED",
    "10038, SOCKET_FAILED",
    "10093, SOCKET_FAILED",
  })
  void aSend(int status, CompletionStatus expected) {
    assertThat(RioStatus.ofSend(status, false)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "0, OK",
    "995, CANCELLED",
    "10038, CANCELLED",
    "10054, FAILED",
    "10055, FAILED",
    "4711, FAILED",
  })
  void afterTheSocketWasClosed(int status, CompletionStatus expected) {
    assertThat(RioStatus.ofReceive(status, 1, SLOT, true)).isEqualTo(expected);
    assertThat(RioStatus.ofSend(status, true)).isEqualTo(expected);
  }

  @Test
  void theLengthOfADatagramThatDidNotFitIsNotLookedAt() {
    assertThat(RioStatus.ofReceive(10_040, 0, SLOT, false)).isEqualTo(CompletionStatus.TRUNCATED);
    assertThat(RioStatus.ofReceive(10_040, -1, SLOT, false)).isEqualTo(CompletionStatus.TRUNCATED);
  }

  @Test
  void aReceiveIsWholeUpToTheSizeOfTheSlotAndNotBeyond() {
    assertThat(RioStatus.ofReceive(0, 0, SLOT, false)).isEqualTo(CompletionStatus.OK);
    assertThat(RioStatus.ofReceive(0, SLOT, SLOT, false)).isEqualTo(CompletionStatus.OK);
    assertThat(RioStatus.ofReceive(0, SLOT + 1, SLOT, false)).isEqualTo(CompletionStatus.TRUNCATED);
    assertThat(RioStatus.ofReceive(0, -1, SLOT, false)).isEqualTo(CompletionStatus.TRUNCATED);
  }
}
