package io.rioreactive.kernel.windows;

import static io.rioreactive.kernel.KernelHarness.postReceives;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.KernelHarness;
import io.rioreactive.kernel.KernelHarness.Done;
import io.rioreactive.kernel.RequestQueue;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@EnabledOnOs(OS.WINDOWS)
@Timeout(30)
class IocpReceiveTest {

  private static final byte[] A = "a".getBytes(UTF_8);
  private static final byte[] B = "b".getBytes(UTF_8);

  /** Whether datagrams come before the posts or after them, and packets are skipped or not. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatWaitedIsReceivedWithinThePostAndAllKeepTheirOrder(boolean refusesModes)
      throws IOException {
    try (IocpHarness harness = new IocpHarness();
        IocpHarness other = new IocpHarness()) {
      harness.kernel32.refusesModes = refusesModes;
      RequestQueue socket = harness.open(5, 1, 64);
      RequestQueue witness = other.open(1, 1, 64);
      for (int round = 0; round < 20; round++) {
        socket.postReceive(0);
        socket.postReceive(1);
        harness.sendTo(socket, texts("0", "1", "2", "3", "4"));
        if (round % 2 == 0) {
          harness.awaitPackets();
        } else { // the packets are in the port, and nobody has looked
          awaitWaiting(harness, other, witness);
        }
        socket.postReceive(2);
        socket.postReceive(3);
        socket.postReceive(4);

        assertThat(harness.take(5)).extracting(Done::text).containsExactly("0", "1", "2", "3", "4");
      }
      assertThat(harness.winsock.doneAtOnce).isPositive();
    }
  }

  @Test
  void aResultComesBeforeThePacketOfALaterPost() throws IOException {
    try (IocpHarness harness = new IocpHarness();
        IocpHarness other = new IocpHarness()) {
      RequestQueue socket = harness.open(3, 1, 64);
      RequestQueue witness = other.open(1, 1, 64);
      for (int round = 0; round < 20; round++) {
        harness.sendTo(socket, texts("0", "1"));
        awaitWaiting(harness, other, witness);
        postReceives(socket, 3);
        harness.sendTo(socket, texts("2"));
        awaitWaiting(harness, other, witness);

        assertThat(harness.take(3)).extracting(Done::text).containsExactly("0", "1", "2");
      }
      assertThat(harness.winsock.doneAtOnce).isPositive();
    }
  }

  /** What the peer has sent before has reached its sockets once a later datagram has. */
  private static void awaitWaiting(IocpHarness harness, IocpHarness other, RequestQueue witness)
      throws IOException {
    witness.postReceive(0);
    harness.sendTo(witness, A);
    other.take(1);
  }

  @Test
  void resultsKeepTheirOrderThoughTheBatchIsSmall() throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      RequestQueue socket = harness.open(64, 1, 64);
      String[] texts = IntStream.range(0, 64).mapToObj(i -> "no. " + i).toArray(String[]::new);
      postReceives(socket, 3);
      harness.sendTo(socket, texts(texts));
      harness.awaitPackets();
      for (int slot = 3; slot < 64; slot++) {
        socket.postReceive(slot);
      }

      assertThat(harness.take(64, 7)).extracting(Done::text).containsExactly(texts);
    }
  }

  private static byte[][] texts(String... texts) {
    return Stream.of(texts).map(text -> text.getBytes(UTF_8)).toArray(byte[][]::new);
  }

  @ParameterizedTest
  @ValueSource(ints = {65, 70_000, -1, Integer.MIN_VALUE})
  void aLengthThatCannotBeIsADatagramThatDidNotFit(int length) throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      RequestQueue socket = harness.open(2, 1, 64);
      harness.winsock.receiveAtOnce(length).receiveLater(length);
      postReceives(socket, 2);

      assertThat(harness.take(2))
          .extracting(Done::status, Done::length)
          .containsOnly(tuple(CompletionStatus.TRUNCATED, 64));
    }
  }

  @Test
  void aTruncatedDatagramEndsNothing() throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      RequestQueue socket = harness.open(4, 1, 4);
      byte[][] datagrams = texts("123456789", "1234", "12345");
      for (int round = 0; round < 3; round++) {
        postReceives(socket, 3);
        harness.sendTo(socket, datagrams);
        requireCutOff(harness.take(3));
        harness.sendTo(socket, datagrams);
        harness.sendTo(socket, A); // all before it have come once this one is seen
        requireCutOff(postAndTake(harness, socket));
      }
      assertThat(harness.winsock.doneAtOnce).isPositive();
    }
  }

  private static List<Done> postAndTake(IocpHarness harness, RequestQueue socket)
      throws IOException {
    postReceives(socket, 3);
    List<Done> done = harness.take(3);
    socket.postReceive(3);
    assertThat(harness.take(1)).extracting(Done::text).containsExactly("a");
    return done;
  }

  private static void requireCutOff(List<Done> done) {
    assertThat(done)
        .extracting(Done::status)
        .containsExactly(
            CompletionStatus.TRUNCATED, CompletionStatus.OK, CompletionStatus.TRUNCATED);
    assertThat(done).extracting(Done::length).containsOnly(4);
    assertThat(done).extracting(Done::text).containsOnly("1234");
    assertThat(done).extracting(Done::code).containsOnly(0);
  }

  @Test
  void aPacketNobodyAskedForIsNoCompletion() throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      RequestQueue socket = harness.open(2, 1, 4);
      harness.winsock.sendsSkippedPackets = true;
      for (int round = 0; round < 10; round++) {
        postReceives(socket, 1);
        harness.sendTo(socket, texts("one", "2 is too long"));
        assertThat(harness.take(1)).extracting(Done::text).containsExactly("one");

        // Done at once, with a packet on its way; the slot is posted again before it is looked at.
        socket.postReceive(0);
        assertThat(harness.take(1))
            .extracting(Done::status)
            .containsExactly(CompletionStatus.TRUNCATED);
        socket.postReceive(0);
        for (int i = 0; i < 4; i++) {
          assertThat(harness.dequeue()).as("nothing has come").isEmpty();
        }
        harness.sendTo(socket, B);
        assertThat(harness.take(1)).extracting(Done::text).containsExactly("b");
      }
      assertThat(harness.winsock.doneAtOnce).isPositive();
    }
  }

  @Test
  void aPacketOfASocketThatIsGoneIsNobodysCompletion() throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      RequestQueue first = harness.open(1, 1, 64);
      long overlapped = first.receiveSlots().memory().address();
      harness.close(first);
      RequestQueue second = harness.open(1, 1, 64);
      assertThat(second.index()).isEqualTo(first.index());
      second.postReceive(0);
      for (long stray : new long[] {overlapped, overlapped + 8, 8, -8, Long.MIN_VALUE}) {
        harness.kernel32.PostQueuedCompletionStatus(harness.kernel32.port, 3, 0, stray);
        harness.kernel32.PostQueuedCompletionStatus(harness.kernel32.port, 3, 77, stray);
      }
      for (int i = 0; i < 4; i++) {
        assertThat(harness.dequeue()).isEmpty();
      }

      harness.sendTo(second, A);
      assertThat(harness.take(1)).extracting(Done::text).containsExactly("a");
    }
  }

  /** Whether the other's datagram comes as a packet, or is received within the post. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aFloodedSocketLeavesTheOthersTheirTurn(boolean isDoneAtOnce) throws IOException {
    try (IocpHarness harness = new IocpHarness();
        IocpHarness other = new IocpHarness()) {
      RequestQueue flooded = harness.open(400, 1, 64);
      RequestQueue quiet = harness.open(1, 1, 64);
      postReceives(flooded, 400);
      for (int i = 0; i < 256; i++) {
        harness.sendTo(flooded, A);
      }
      harness.awaitPackets();
      if (!isDoneAtOnce) {
        postReceives(quiet, 1);
      }
      harness.sendTo(quiet, B);
      awaitWaiting(harness, other, other.open(1, 1, 64));
      if (isDoneAtOnce) {
        postReceives(quiet, 1);
      }
      assertThat(harness.winsock.doneAtOnce).isEqualTo(isDoneAtOnce ? 1 : 0);
      int turns = 0;
      boolean isFound = false;
      while (!isFound) {
        harness.sendTo(flooded, IntStream.range(0, 16).mapToObj(i -> A).toArray(byte[][]::new));
        List<Done> some = harness.dequeue(16);
        for (Done done : some) {
          isFound |= done.socket() == quiet.index();
          if (done.socket() == flooded.index()) {
            flooded.postReceive(done.slot());
          }
        }
        assertThat(++turns).isLessThan(60);
      }
    }
  }

  @Test
  void anErrorOfAnEarlierDatagramFailsThisRequestAndNotTheSocket() throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      RequestQueue socket = harness.open(4, 1, 64);
      for (WsaError error : new WsaError[] {WsaError.WSAECONNRESET, WsaError.WSAENETRESET}) {
        harness.winsock.refuseReceive(error);
        assertThat(socket.postReceive(0)).isEqualTo(RequestQueue.ACCEPTED);
        Done done = harness.take(1).getFirst();
        assertThat(done.status()).isEqualTo(CompletionStatus.FAILED);
        assertThat(done.code()).isEqualTo(error.code());
      }

      socket.postReceive(0);
      harness.sendTo(socket, A);
      assertThat(harness.take(1)).extracting(Done::text).containsExactly("a");
    }
  }

  @Test
  void whatComesBackFromAClosedPortIsNoErrorHere() throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      RequestQueue socket = harness.open(4, 8, 64);
      postReceives(socket, 4);
      RequestQueue gone = harness.open(1, 1, 64);
      InetSocketAddress nobody = gone.localAddress();
      harness.close(gone);
      for (int slot = 0; slot < 8; slot++) {
        KernelHarness.postSend(socket, slot, nobody, A);
      }
      assertThat(harness.take(8)).extracting(Done::status).containsOnly(CompletionStatus.OK);

      harness.sendTo(socket, A, B);
      assertThat(harness.take(2)).extracting(Done::text).containsExactly("a", "b");
    }
  }

  @Test
  void aShortageIsARefusalThatPasses() throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      RequestQueue socket = harness.open(1, 1, 64);
      harness.winsock.refuseReceive(WsaError.WSAENOBUFS);

      int code = socket.postReceive(0);

      assertThat(socket.error("post a receive", code).kind())
          .isEqualTo(KernelException.Kind.TRANSIENT);
      assertThat(harness.dequeue()).isEmpty();
      assertThat(socket.postReceive(0)).isEqualTo(RequestQueue.ACCEPTED);
    }
  }

  @Test
  void anyOtherRefusalIsThePumpsToJudge() throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      RequestQueue socket = harness.open(1, 1, 64);
      harness.winsock.refuseReceive(WsaError.WSAENOTSOCK);

      assertThat(socket.postReceive(0)).isEqualTo(WsaError.WSAENOTSOCK.code());
    }
  }
}
