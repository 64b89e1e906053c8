package io.rioreactive.kernel.windows;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.KernelException.Kind;
import java.net.BindException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Codes and their meaning; what they are called in the headers is compared elsewhere. */
class WsaErrorTest {

  @Test
  void errorsAreAdvice() {
    KernelException taken = WsaError.exception("bind [::1]:53", 10_048);
    assertThat(taken)
        .hasMessageStartingWith("bind [::1]:53 failed: WSAEADDRINUSE (10048): another socket ");
    assertThat(taken.asBindException())
        .isInstanceOf(BindException.class)
        .hasMessage(taken.getMessage())
        .hasCause(taken);
    assertThat(WsaError.exception("send", 4_095))
        .hasMessageStartingWith("send failed: error (4095): ");
    assertThat(WsaError.exception("receive", 0xC0000999))
        .hasMessageStartingWith("receive failed: NTSTATUS 0xC0000999 (-1073739367): ");
  }

  @ParameterizedTest
  @CsvSource({
    "8, TRANSIENT",
    "1450, TRANSIENT",
    "10035, TRANSIENT",
    "10055, TRANSIENT",
    "10013, NOT_PERMITTED",
    "10022, BAD_ADDRESS",
    "10047, BAD_ADDRESS",
    "10049, BAD_ADDRESS",
    "10040, TOO_LARGE",
    "10051, UNREACHABLE",
    "10052, UNREACHABLE",
    "10054, UNREACHABLE",
    "10065, UNREACHABLE",
    "995, OTHER",
    "10038, SOCKET_LOST"
  })
  void eachKindIsWhatThePumpMakesOfIt(int code, Kind kind) {
    assertThat(WsaError.exception("send", code).kind()).isEqualTo(kind);
    assertThat(WsaError.isShortage(code)).isEqualTo(kind == Kind.TRANSIENT);
  }

  @ParameterizedTest
  @ValueSource(ints = {10_052, 10_054})
  void anAnswerToAnEarlierDatagramIsNotTheSocketsEnd(int code) {
    assertThat(WsaError.isAboutEarlierDatagram(code)).isTrue();
    assertThat(WsaError.isFatal(code)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {6, 10_009, 10_014, 10_038, 10_058, 10_093})
  void aLostSocketIsFatal(int code) {
    assertThat(WsaError.isFatal(code)).isTrue();
    assertThat(WsaError.isAboutEarlierDatagram(code)).isFalse();
    assertThat(WsaError.isShortage(code)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "80000005, 10040",
    "8000000A, 995",
    "C0000120, 995",
    "C000023F, 10054",
    "C000023D, 10065",
    "C000023C, 10051",
    "C000009A, 10055",
    "C0000022, 10013",
    "C0000008, 10038",
    "C0000141, 10049",
    "C000020D, 10054"
  })
  void aStatusOfThePortBecomesWinsocksCode(String status, int code) {
    assertThat(NtStatus.toCode(Integer.parseUnsignedInt(status, 16))).isEqualTo(code);
    assertThat(NtStatus.isSuccess(Integer.parseUnsignedInt(status, 16))).isFalse();
  }

  @Test
  void anUnknownStatusStaysWhatItIs() {
    assertThat(NtStatus.toCode(0xC0000999)).isEqualTo(0xC0000999);
    assertThat(NtStatus.isSuccess(0)).isTrue();
    assertThat(NtStatus.isSuccess(0x4000000F)).as("informational").isTrue();
  }
}
