package io.rioreactive.kernel.windows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.CompletionStatus;
import org.junit.jupiter.api.Test;

class IocpReceiveResultsTest {

  private final IocpReceiveResults results = new IocpReceiveResults(3);
  private final CompletionBatch batch = new CompletionBatch(16);

  @Test
  void firstInFirstOutAroundTheEnd() {
    for (int i = 0; i < 8; i++) {
      results.add(i, 10 * i, 0);
      assertThat(results.firstSlot()).isEqualTo(i);
      results.moveFirst(batch, 7);
    }
    for (int i = 0; i < 8; i++) {
      assertThat(batch.slot(i)).isEqualTo(i);
      assertThat(batch.place(i)).isEqualTo(i);
      assertThat(batch.length(i)).isEqualTo(10 * i);
      assertThat(batch.socket(i)).isEqualTo(7);
      assertThat(batch.isReceived(i)).isTrue();
    }
    assertThat(results.size()).isZero();
  }

  @Test
  void theCodeSaysWhatBecameOfIt() {
    results.add(0, 5, 0);
    results.add(1, 64, WsaError.WSAEMSGSIZE.code());
    results.add(2, 64, WsaError.WSAECONNRESET.code());
    for (int i = 0; i < 3; i++) {
      results.moveFirst(batch, 0);
    }
    assertThat(batch.status(0)).isEqualTo(CompletionStatus.OK);
    assertThat(batch.status(1)).isEqualTo(CompletionStatus.TRUNCATED);
    assertThat(batch.code(1)).isZero();
    assertThat(batch.length(1)).isEqualTo(64);
    assertThat(batch.status(2)).isEqualTo(CompletionStatus.FAILED);
    assertThat(batch.code(2)).isEqualTo(WsaError.WSAECONNRESET.code());
    assertThat(batch.length(2)).isZero();
  }

  @Test
  void oneForEachSlotAndNoMore() {
    for (int i = 0; i < 3; i++) {
      results.add(i, 0, 0);
    }
    assertThatThrownBy(() -> results.add(3, 0, 0)).isInstanceOf(IllegalStateException.class);
    results.clear();
    assertThat(results.size()).isZero();
  }
}
