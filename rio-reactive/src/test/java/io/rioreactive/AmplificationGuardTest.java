package io.rioreactive;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Three bytes out for one in, by address and port; validated addresses without limit. */
class AmplificationGuardTest {

  private static final InetSocketAddress PEER = peer("192.0.2.7", 4711);

  private final StubKernel queue = new StubKernel();
  private final AmplificationGuard guard = new AmplificationGuard(queue);

  private static InetSocketAddress peer(String ip, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(ip), port);
  }

  private void receive(InetSocketAddress from, int bytes) {
    write(from);
    guard.onReceived(0, bytes);
  }

  private boolean admits(InetSocketAddress to, int bytes) {
    write(to);
    return guard.admits(0, bytes);
  }

  /** Both regions of the stub are the same memory. */
  private void write(InetSocketAddress address) {
    var region = queue.receiveSlots();
    queue.addressFormat().write(region.memory(), region.addressAt(0), address);
  }

  private void validate(InetSocketAddress peer) {
    guard.validate(peer);
    assertThat(guard.onValidated()).isTrue();
  }

  @Test
  void threeTimesWhatCameMayLeave() {
    receive(PEER, 10);
    receive(PEER, 11);

    assertThat(admits(PEER, 60)).isTrue();
    assertThat(admits(PEER, 4)).isFalse();
    assertThat(admits(PEER, 3)).isTrue();
    assertThat(admits(PEER, 1)).isFalse();
    receive(PEER, 1);
    assertThat(admits(PEER, 3)).isTrue();
  }

  @Test
  void toAStrangerNothingLeaves() {
    receive(PEER, 10);

    assertThat(admits(peer("192.0.2.7", 4712), 1)).as("another port").isFalse();
    assertThat(admits(peer("192.0.2.8", 4711), 1)).as("another address").isFalse();
    assertThat(admits(peer("192.0.2.8", 4711), 0)).as("no bytes at all").isTrue();
    assertThat(admits(PEER, 30)).isTrue();
  }

  @Test
  void aValidatedPeerGetsWhatItIsSent() {
    receive(PEER, 1);
    validate(PEER);

    for (int i = 0; i < 1_000; i++) {
      assertThat(admits(PEER, 65_507)).isTrue();
      receive(PEER, 1);
    }
    assertThat(admits(peer("192.0.2.7", 4712), 1)).isFalse();
  }

  @Test
  void whatIsValidatedJustBeforeTheAnswerIsNoticedInTime() {
    receive(PEER, 1);
    guard.validate(PEER);

    assertThat(admits(PEER, 1_000)).isTrue();
    assertThat(guard.onValidated()).as("something is left to be noticed").isFalse();
  }

  @Test
  void thePumpIsToldOnceOfAsManyAsThereAre() {
    assertThat(guard.validate(PEER)).isTrue();
    for (int i = 0; i < 10 * AmplificationGuard.PEERS; i++) { // more than wait
      assertThat(guard.validate(forged(i))).isFalse();
    }
    assertThat(guard.onValidated()).isTrue();

    assertThat(guard.validate(PEER)).as("after it has taken notice").isTrue();
  }

  @Test
  void aPeerCanBeValidatedThatHasNotSent() {
    validate(PEER);

    assertThat(admits(PEER, 1_000)).isTrue();
  }

  @Test
  void aFloodOfForgedAddressesDisplacesNoValidatedPeer() {
    validate(PEER);
    for (int i = 0; i < 10 * AmplificationGuard.PEERS; i++) {
      receive(forged(i), 10);
    }

    assertThat(admits(PEER, 65_507)).isTrue();
  }

  @Test
  void noPortOfAnAddressHasWhatAnotherHasEarned() {
    receive(PEER, 50_000);

    for (int port = 0; port <= 65_535; port++) {
      assertThat(admits(peer("192.0.2.7", port), 1)).isEqualTo(port == PEER.getPort());
    }
  }

  @Test
  void whoeverSendsAgainIsNotDisplacedByThoseWhoSendOnce() {
    int flood = 10 * AmplificationGuard.PEERS;
    for (int i = 0; i < flood; i++) {
      receive(forged(i), 10);
    }
    receive(PEER, 10);
    receive(PEER, 10);
    for (int i = 0; i < flood; i++) {
      receive(forged(flood + i), 10);
    }

    assertThat(admits(PEER, 60)).isTrue();
  }

  @Test
  void whoeverWaitsForItsFirstAnswerIsNotDisplacedByTheNextStranger() {
    for (int i = 0; i < 10 * AmplificationGuard.PEERS; i++) {
      receive(forged(i), 10);
    }
    for (int i = 0; i < 2_000; i++) {
      receive(peer("192.0.2.7", 1 + i), 10);
    }

    assertThat(admittedOf("192.0.2.7", 1_000)).isGreaterThan(900);
  }

  @Test
  void whoeverIsValidatedIsNotForgottenForThoseWhoWereLongAgo() {
    for (int i = 0; i < 4 * AmplificationGuard.PEERS; i++) {
      guard.validate(forged(i));
      assertThat(guard.onValidated()).isTrue();
    }
    for (int i = 0; i < 1_000; i++) {
      validate(peer("192.0.2.7", 1 + i));
    }
    for (int i = 0; i < 10 * AmplificationGuard.PEERS; i++) {
      receive(peer("198.51.100.1", i & 0xFFFF), 10);
    }

    assertThat(admittedOf("192.0.2.7", 1_000)).isGreaterThan(900);
  }

  /** Which set each is in is drawn anew each time: so few at most meet in one. */
  private long admittedOf(String ip, int ports) {
    return IntStream.range(0, ports).filter(i -> admits(peer(ip, 1 + i), 30)).count();
  }

  @Test
  void whatWasAdmittedAndHasNotLeftIsGivenBack() {
    receive(PEER, 10);
    assertThat(admits(PEER, 30)).isTrue();

    guard.onNotSent(0, 30);

    assertThat(admits(PEER, 31)).isFalse();
    assertThat(admits(PEER, 30)).isTrue();
  }

  @Test
  void aForgottenPeerIsSentNothingUntilItSendsAgain() {
    receive(PEER, 10);
    for (int i = 0; i < 4 * AmplificationGuard.PEERS; i++) {
      guard.validate(forged(i));
    }
    assertThat(guard.onValidated()).isTrue();
    assertThat(admits(PEER, 1)).isFalse();

    receive(PEER, 10);

    assertThat(admits(PEER, 31)).isFalse();
    assertThat(admits(PEER, 30)).isTrue();
  }

  @Test
  void whatLeavesIsNeverMoreThanThreeTimesWhatCameWhateverIsForgotten() {
    long in = 0;
    long out = 0;
    for (int round = 0; round < 200; round++) {
      receive(PEER, 10);
      in += 10;
      for (int i = 0; i < 1_000; i++) {
        receive(forged(1_000 * round + i), 64);
      }
      while (out <= AmplificationGuard.FACTOR * in && admits(PEER, 7)) {
        out += 7;
      }
    }

    assertThat(out).isPositive().isLessThanOrEqualTo(AmplificationGuard.FACTOR * in);
  }

  private static InetSocketAddress forged(int i) {
    return peer("10." + (i >> 16 & 0xFF) + "." + (i >> 8 & 0xFF) + "." + (i & 0xFF), 1 + i / 100);
  }
}
