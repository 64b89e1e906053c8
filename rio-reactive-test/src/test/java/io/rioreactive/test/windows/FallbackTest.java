package io.rioreactive.test.windows;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Where Registered I/O is refused, whatever the step, {@code auto} takes {@code windows-iocp} and
 * says so in one line; who insists on {@code windows-rio} is told why not.
 */
@OnRioDouble
class FallbackTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          socket 10045       | WSASocketW               | WSAEOPNOTSUPP (10045) | WSASocketW
          query 10045        | WSAIoctl                 | WSAEOPNOTSUPP (10045) | WSAIoctl
          query 10022        | WSAIoctl                 | WSAEINVAL (10022)     | WSAIoctl
          create-cq 10055    | RIOCreateCompletionQueue | WSAENOBUFS (10055)    | memory
          create-rq 10045    | RIOCreateRequestQueue    | WSAEOPNOTSUPP (10045) | antivirus
          create-rq 10022    | RIOCreateRequestQueue    | WSAEINVAL (10022)     | antivirus
          register 10055     | RIORegisterBuffer        | WSAENOBUFS (10055)    | locked
          notify 10022       | RIONotify                | WSAEINVAL (10022)     | defect
          post-receive 10022 | receive on 127.0.0.1     | WSAEINVAL (10022)     | argument
          post-send 10022    | send to 127.0.0.1        | WSAEINVAL (10022)     | argument
          receive 10054      | receive on 127.0.0.1     | WSAECONNRESET (10054) | earlier datagram
          send 10054         | send to 127.0.0.1        | WSAECONNRESET (10054) | earlier datagram
          """)
  void refusedAtAnyStepItFallsBackAndSaysWhy(
      String fault, String operation, String error, String cause) throws Exception {
    JvmRun run = JvmRun.of(FallbackProgram.class, "info", "fault " + fault + " times 1000000");

    assertThat(run.values("auto"))
        .containsExactly("windows-iocp answers hello", "windows-iocp answers hello");
    assertThat(run.value("insisting"))
        .startsWith("refused: provider windows-rio does not work here: ")
        .contains(operation, error, cause);
    assertThat(run.value("windows-rio")).contains(operation, error, cause);
    assertThat(run.value("windows-iocp")).isEqualTo("works");
    assertThat(run.logged("INFO"))
        .filteredOn(line -> line.contains("windows-rio"))
        .singleElement()
        .asString()
        .contains("windows-iocp", operation, error);
    assertThat(run.logged("WARN")).isEmpty();
    assertThat(run.logged("ERROR")).isEmpty();
    assertThat(run.reported("violation")).isEmpty();
    assertThat(run.reported("live")).isEmpty();
  }

  @Test
  void whereNothingIsRefusedItIsTakenAndNothingIsSaid() throws Exception {
    JvmRun run = JvmRun.of(FallbackProgram.class, "info", "");

    assertThat(run.values("auto"))
        .containsExactly("windows-rio answers hello", "windows-rio answers hello");
    assertThat(run.value("insisting")).isEqualTo("windows-rio answers hello");
    assertThat(run.logged("INFO")).isEmpty();
    assertThat(run.reported("violation")).isEmpty();
    assertThat(run.reported("live")).isEmpty();
  }
}
