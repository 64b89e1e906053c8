package io.rioreactive.kernel.windows;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.KernelException.Kind;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each failure says what was tried, its code by name and number, and the likely cause. */
class RioRefusalTest {

  @ParameterizedTest
  @ValueSource(ints = {10_045, 10_022})
  void aRefusedRequestQueueNamesTheFlagAndTheProducts(int code) {
    assertThat(RioRefusal.ofRequestQueue(code, 16, 8))
        .hasMessageStartingWith("RIOCreateRequestQueue for 16 receives and 8 sends failed: WSAE")
        .hasMessageContaining("(" + code + "): ")
        .hasMessageContaining("WSA_FLAG_REGISTERED_IO")
        .hasMessageContaining("layered Winsock provider")
        .hasMessageContaining("antivirus");
  }

  @Test
  void aRequestQueueForWhichThereIsNoMemoryNamesThat() {
    KernelException refusal = RioRefusal.ofRequestQueue(10_055, 16, 8);
    assertThat(refusal).hasMessageContaining("WSAENOBUFS (10055): the system is short of memory");
    assertThat(refusal.kind()).isEqualTo(Kind.TRANSIENT);
  }

  @Test
  void aRefusedQueryNamesTheSystemsWithout() {
    KernelException refusal = RioRefusal.ofQuery(10_045);
    assertThat(refusal)
        .hasMessageContaining("WSAEOPNOTSUPP (10045): this system has no Registered I/O")
        .hasMessageContaining("Wine");
    assertThat(refusal.kind()).isEqualTo(Kind.OTHER);
  }

  @Test
  void aRefusedSocketNamesTheFlag() {
    assertThat(RioRefusal.ofSocket(10_022)).hasMessageContaining("WSA_FLAG_REGISTERED_IO");
  }

  @Test
  void aRefusedRegistrationSaysWhichOfHowManyAndTheBytes() {
    assertThat(RioRefusal.ofRegistration(10_055, "send slots", 17, 256, 4_096, 1_048_576))
        .hasMessage(
            "RIORegisterBuffer of 4096 bytes, registration 17 of 256 for send slots (1048576 bytes"
                + " in all) failed: WSAENOBUFS (10055): its pages have to be locked in memory:"
                + " choose fewer slots or a smaller datagramSize, or let the process lock more"
                + " (SetProcessWorkingSetSize, physical memory)");
  }

  @Test
  void aClaimThatIsTooLargeSaysWhoHasTheRest() {
    assertThat(RioRefusal.ofClaim(134_000_000, 1_000_000, 10))
        .hasMessageContaining("1000000 receive and 10 send slots")
        .hasMessageContaining("134000000")
        .hasMessageContaining("134217728");
  }

  @Test
  void aCodeNobodyKnowsKeepsItsNumber() {
    assertThat(RioRefusal.ofNotification(4_711)).hasMessageContaining("error (4711): ");
  }

  @Test
  void aTableIsRefusedUnlessItIsWhole() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment table = arena.allocate(Layouts.RIO_EXTENSION_FUNCTION_TABLE.layout());
      table.set(JAVA_INT, 0, 112);
      for (int i = 1; i <= 13; i++) {
        table.setAtIndex(JAVA_LONG, i, 0xF000_0000_0000_0000L + i);
      }
      assertThatCode(() -> RioQuery.requireWhole(table)).doesNotThrowAnyException();

      table.setAtIndex(JAVA_LONG, 13, 0);
      assertThatThrownBy(() -> RioQuery.requireWhole(table))
          .hasMessageContaining("no function at offset 104");
      table.set(JAVA_INT, 0, 104);
      assertThatThrownBy(() -> RioQuery.requireWhole(table))
          .hasMessageContaining("104 bytes instead of 112");
    }
  }
}
