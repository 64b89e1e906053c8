package io.rioreactive.samples;

import static io.rioreactive.samples.ReplyWindow.CAPACITY;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.samples.ReplyWindow.Reply;
import org.junit.jupiter.api.Test;

class ReplyWindowTest {

  private final ReplyWindow window = new ReplyWindow();

  @Test
  void aFirstReplyIsInTimeAndASecondADuplicate() {
    assertThat(window.send()).isZero();
    assertThat(window.awaited()).isEqualTo(1);

    assertThat(window.onReply(0)).isEqualTo(Reply.IN_TIME);
    assertThat(window.onReply(0)).isEqualTo(Reply.DUPLICATE);
    assertThat(window.awaited()).isZero();
  }

  @Test
  void aReplyToWhatWasGivenUpIsLateAndThenADuplicate() {
    window.send();
    window.send();
    window.onReply(0);

    assertThat(window.giveUpBefore(2)).isEqualTo(1);
    assertThat(window.giveUpBefore(2)).isZero();
    assertThat(window.awaited()).isZero();
    assertThat(window.onReply(1)).isEqualTo(Reply.LATE);
    assertThat(window.onReply(1)).isEqualTo(Reply.DUPLICATE);
    assertThat(window.awaited()).isZero();
  }

  @Test
  void whatWasNeverSentIsUnknown() {
    window.send();

    assertThat(window.onReply(1)).isEqualTo(Reply.UNKNOWN);
    assertThat(window.onReply(-1)).isEqualTo(Reply.UNKNOWN);
  }

  @Test
  void theOldestGivesWayToTheNewest() {
    for (int i = 0; i < CAPACITY; i++) {
      window.send();
    }
    window.onReply(0);
    assertThat(window.awaited()).isEqualTo(CAPACITY - 1);

    window.send(); // takes the bit of 0
    window.send(); // and of 1, which is given up

    assertThat(window.awaited()).isEqualTo(CAPACITY);
    assertThat(window.onReply(1)).isEqualTo(Reply.UNKNOWN);
    assertThat(window.onReply(2)).isEqualTo(Reply.IN_TIME);
    assertThat(window.onReply(CAPACITY)).isEqualTo(Reply.IN_TIME);
    assertThat(window.onReply(CAPACITY + 1)).isEqualTo(Reply.IN_TIME);
  }
}
