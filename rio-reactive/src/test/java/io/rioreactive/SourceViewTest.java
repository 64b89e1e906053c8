package io.rioreactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.rioreactive.kernel.SocketAddressFormat;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a source filter sees, and the ranges it can compare with. */
class SourceViewTest {

  private final SourceView view = new SourceView();

  private void open(String ip, int port) {
    InetAddress address = InetAddress.ofLiteral(ip);
    int scope = SocketAddressFormat.scopeOf(address);
    view.open(
        SocketAddressFormat.high(address),
        SocketAddressFormat.low(address),
        SocketAddressFormat.portAndScope(port, scope));
  }

  @Test
  void anIpv4SourceIsFourBytesAndAPort() {
    open("127.0.0.1", 65_535);

    assertThat(view.isIpv4()).isTrue();
    assertThat(view.ipv4()).isEqualTo(0x7F00_0001);
    assertThat(view.high()).isZero();
    assertThat(view.low()).isEqualTo(0xFFFF_7F00_0001L);
    assertThat(view.port()).isEqualTo(65_535);
    assertThat(view.scopeId()).isZero();
    assertThat(view).hasToString("SourceView[127.0.0.1:65535]");
  }

  @Test
  void anIpv6SourceIsSixteenBytesAPortAndAScope() {
    open("fe80::7%3", 53);

    assertThat(view.isIpv4()).isFalse();
    assertThat(view.high()).isEqualTo(0xFE80_0000_0000_0000L);
    assertThat(view.low()).isEqualTo(7);
    assertThat(view.port()).isEqualTo(53);
    assertThat(view.scopeId()).isEqualTo(3);
    assertThatIllegalStateException().isThrownBy(view::ipv4).withMessageContaining("isIpv4()");
  }

  @Test
  void outsideOfTheFilterNothingCanBeRead() {
    open("127.0.0.1", 1);
    view.close();

    for (Runnable each :
        List.<Runnable>of(view::isIpv4, view::ipv4, view::high, view::low, view::port)) {
      assertThatIllegalStateException()
          .isThrownBy(each::run)
          .withMessageContaining("inside the source filter only");
    }
    assertThat(view).hasToString("SourceView[not usable here]");
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.7, 192.0.2.0/24, true",
    "192.0.3.7, 192.0.2.0/24, false",
    "192.0.2.7, 192.0.2.7, true",
    "192.0.2.8, 192.0.2.7, false",
    "192.0.2.7, 192.0.2.7/32, true",
    "192.0.2.7, 0.0.0.0/0, true",
    "2001:db8::7, 0.0.0.0/0, false",
    "192.0.2.7, ::/0, true",
    "2001:db8:1::7, 2001:db8::/32, true",
    "2001:db9::7, 2001:db8::/32, false",
    "2001:db8::7, 2001:db8::/64, true",
    "2001:db8:0:1::7, 2001:db8::/64, false",
    "2001:db8::7, 2001:db8::/124, true",
    "2001:db8::17, 2001:db8::/124, false",
    "2001:db8::7, 2001:db8::7, true",
    "127.255.255.255, 127.0.0.0/8, true",
    "128.0.0.0, 128.0.0.0/1, true",
    "127.255.255.255, 128.0.0.0/1, false"
  })
  void aRangeIsAllAddressesThatBeginWithTheSameBits(String source, String prefix, boolean isIn) {
    open(source, 4711);

    assertThat(SourceView.in(prefix).test(view)).isEqualTo(isIn);
    assertThat(SourceView.in(prefix).negate().test(view)).isEqualTo(!isIn);
  }

  @Test
  void ofSeveralRangesOneIsEnough() {
    open("10.1.2.3", 4711);

    assertThat(SourceView.in("192.0.2.0/24", "2001:db8::/32", "10.0.0.0/8").test(view)).isTrue();
    assertThat(SourceView.in("192.0.2.0/24", "2001:db8::/32").test(view)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "example.org",
        "10",
        "10/8",
        "10.0/16",
        "192.0.2.7/24",
        "192.0.2.0/33",
        "192.0.2.0/-1",
        "192.0.2.0/x",
        "192.0.2.0/",
        "2001:db8::/129",
        "2001:db8::1/64",
        "fe80::1%1"
      })
  void whatIsNoRangeIsRefusedByName(String prefix) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SourceView.in("192.0.2.7", prefix))
        .withMessageContaining("prefix \"" + prefix + "\"");
  }

  @Test
  void noRangeAtAllIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SourceView.in())
        .withMessageContaining("no prefix is given");
  }
}
