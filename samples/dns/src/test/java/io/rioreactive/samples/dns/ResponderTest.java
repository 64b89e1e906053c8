package io.rioreactive.samples.dns;

import static io.rioreactive.samples.dns.Messages.edns;
import static io.rioreactive.samples.dns.Messages.query;
import static io.rioreactive.samples.dns.Messages.records;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** What is answered to which message, byte for byte where it is malformed. */
@Timeout(60)
class ResponderTest {

  private static final int UDP_SIZE = 1_232;

  /** An address, in hexadecimal. */
  private static final String RECORD = " 00 0001 0001 00000000 0004 c0000201";

  private Responder responder;

  @BeforeEach
  void readTheZone() throws ZoneFileException {
    responder = new Responder(ZoneFile.example(), UDP_SIZE);
  }

  private Optional<byte[]> answer(byte[] message) {
    return responder.answer(ByteBuffer.wrap(message));
  }

  private Message ask(Message query) throws IOException {
    byte[] answer = answer(query.toWire()).orElseThrow();
    Message response = new Message(answer);
    assertThat(response.getHeader().getID()).isEqualTo(query.getHeader().getID());
    assertThat(response.getHeader().getFlag(Flags.QR)).isTrue();
    assertThat(response.getHeader().getFlag(Flags.RD)).isTrue(); // dnsjava's queries have it
    assertThat(response.getHeader().getFlag(Flags.RA)).isFalse();
    assertThat(response.getQuestion()).isEqualTo(query.getQuestion());
    return response;
  }

  private Message ask(String name, int type) throws IOException {
    return ask(query(name, type));
  }

  private static boolean isAuthoritative(Message response) {
    return response.getHeader().getFlag(Flags.AA);
  }

  private static void assertDenied(Message response, int rcode) {
    assertThat(response.getRcode()).isEqualTo(rcode);
    assertThat(isAuthoritative(response)).isTrue();
    assertThat(records(response, Section.AUTHORITY))
        .singleElement()
        .asString()
        .startsWith("example.org. SOA ns1.example.org. hostmaster.example.org. 2026010100 ");
    // The SOA's own is 3,600; for a negative answer its last field counts where that is less.
    assertThat(response.getSection(Section.AUTHORITY).getFirst().getTTL()).isEqualTo(300);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "www.example.org. | 1 | www.example.org. A 192.0.2.80",
        "www.example.org. | 28 | www.example.org. AAAA 2001:db8:0:0:0:0:0:80",
        "example.org. | 16 | example.org. TXT \"v=spf1 mx -all\"",
        "docs.example.org. | 5 | docs.example.org. CNAME pages.example.net.",
        "_sip._udp.example.org. | 33 | _sip._udp.example.org. SRV 10 5 5060 www.example.org."
      })
  void whatThereIsIsAnsweredWithAuthority(String name, int type, String expected)
      throws IOException {
    Message response = ask(name, type);

    assertThat(response.getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(isAuthoritative(response)).isTrue();
    assertThat(records(response, Section.ANSWER)).containsExactly(expected);
    assertThat(records(response, Section.AUTHORITY)).isEmpty();
  }

  @Test
  void mailServersComeWithTheirAddressesAsFarAsTheyAreInTheZone() throws IOException {
    Message response = ask("example.org.", Type.MX);

    assertThat(records(response, Section.ANSWER))
        .containsExactly(
            "example.org. MX 10 mail.example.org.", "example.org. MX 20 mail.example.net.");
    assertThat(records(response, Section.ADDITIONAL))
        .containsExactly(
            "mail.example.org. A 192.0.2.25", "mail.example.org. AAAA 2001:db8:0:0:0:0:0:25");
  }

  @Test
  void aCnameIsFollowedWithinTheZone() throws IOException {
    Message response = ask("ftp.example.org.", Type.A);

    assertThat(response.getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(records(response, Section.ANSWER))
        .containsExactly(
            "ftp.example.org. CNAME www.example.org.", "www.example.org. A 192.0.2.80");
  }

  @Test
  void aCnameThatLeadsElsewhereIsAllThereIs() throws IOException {
    Message response = ask("docs.example.org.", Type.A);

    assertThat(response.getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(records(response, Section.ANSWER))
        .containsExactly("docs.example.org. CNAME pages.example.net.");
    assertThat(records(response, Section.AUTHORITY)).isEmpty();
  }

  @Test
  void aCnameThatLeadsNowhereHasTheErrorOfItsEnd() throws IOException {
    Message response = ask("lost.example.org.", Type.A);

    assertThat(records(response, Section.ANSWER))
        .containsExactly("lost.example.org. CNAME nowhere.example.org.");
    assertDenied(response, Rcode.NXDOMAIN);
  }

  @Test
  void cnamesInACircleEnd() throws IOException {
    Message response = ask("ping.example.org.", Type.A);

    assertThat(response.getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(records(response, Section.ANSWER))
        .containsExactly(
            "ping.example.org. CNAME pong.example.org.",
            "pong.example.org. CNAME ping.example.org.");
  }

  @Test
  void aChainOfCnamesHasAnEndToo() throws Exception {
    StringBuilder zone = new StringBuilder(ZoneFileTest.GOOD);
    for (int i = 0; i < 100; i++) {
      zone.append("a%d CNAME a%d%n".formatted(i, i + 1));
    }
    responder =
        new Responder(ZoneFile.parse("chain.zone", zone.toString().getBytes(UTF_8)), UDP_SIZE);

    Message response = ask(edns("a0.example.org.", Type.A, UDP_SIZE));

    assertThat(records(response, Section.ANSWER)).hasSize(Zone.LONGEST_CHAIN + 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nobody.example.org.", "a.www.example.org.", "x.y.nobody.example.org."})
  void aNameThatIsNotThere(String name) throws IOException {
    Message response = ask(name, Type.A);

    assertDenied(response, Rcode.NXDOMAIN);
    assertThat(records(response, Section.ANSWER)).isEmpty();
  }

  /** Also a name that is there for those below it alone. */
  @ParameterizedTest
  @CsvSource({"www.example.org., 15", "_udp.example.org., 1", "apps.example.org., 1"})
  void aNameThatHasNoSuchRecord(String name, int type) throws IOException {
    Message response = ask(name, type);

    assertDenied(response, Rcode.NOERROR);
    assertThat(records(response, Section.ANSWER)).isEmpty();
  }

  @Test
  void aWildcardAnswersForNamesThatAreNotThereAndForNoOther() throws IOException {
    assertThat(records(ask("any.apps.example.org.", Type.A), Section.ANSWER))
        .containsExactly("any.apps.example.org. A 192.0.2.90");
    assertThat(records(ask("a.b.apps.example.org.", Type.A), Section.ANSWER))
        .containsExactly("a.b.apps.example.org. A 192.0.2.90");
    assertThat(records(ask("login.apps.example.org.", Type.A), Section.ANSWER))
        .containsExactly("login.apps.example.org. A 192.0.2.91");
    assertDenied(ask("any.apps.example.org.", Type.MX), Rcode.NOERROR);
    assertDenied(ask("a.login.apps.example.org.", Type.A), Rcode.NXDOMAIN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lab.example.org.", "a.lab.example.org.", "ns.lab.example.org."})
  void whatAnotherServerHasIsReferredToIt(String name) throws IOException {
    Message response = ask(name, Type.A);

    assertThat(response.getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(isAuthoritative(response)).isFalse();
    assertThat(records(response, Section.ANSWER)).isEmpty();
    assertThat(records(response, Section.AUTHORITY))
        .containsExactly("lab.example.org. NS ns.lab.example.org.");
    assertThat(records(response, Section.ADDITIONAL))
        .containsExactly("ns.lab.example.org. A 192.0.2.100");
  }

  @Test
  void whetherItIsSignedIsAskedOfTheParent() throws IOException {
    assertDenied(ask("lab.example.org.", Type.DS), Rcode.NOERROR);
  }

  @Test
  void ofAnyTypeThereIsOne() throws IOException {
    Message response = ask("www.example.org.", Type.ANY);

    assertThat(records(response, Section.ANSWER)).containsExactly("www.example.org. A 192.0.2.80");
  }

  @Test
  void lettersAreAnsweredAsTheyWereAsked() throws IOException {
    Message response = ask("wWw.eXample.ORG.", Type.A);

    assertThat(response.getQuestion().getName().toString()).isEqualTo("wWw.eXample.ORG.");
    assertThat(records(response, Section.ANSWER)).containsExactly("wWw.eXample.ORG. A 192.0.2.80");
  }

  @Test
  void whatIsNotItsBusinessIsRefused() throws IOException {
    assertThat(ask("www.example.net.", Type.A).getRcode()).isEqualTo(Rcode.REFUSED);
    assertThat(ask("org.", Type.SOA).getRcode()).isEqualTo(Rcode.REFUSED);
    assertThat(ask(query("version.bind.", Type.TXT, DClass.CH)).getRcode())
        .isEqualTo(Rcode.REFUSED);
    Message otherClass = ask(query("www.example.org.", Type.A, DClass.CH));
    assertThat(otherClass.getRcode()).isEqualTo(Rcode.REFUSED);
    assertThat(isAuthoritative(otherClass)).isFalse();
    assertThat(records(otherClass, Section.ANSWER)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {Type.AXFR, Type.MAILA, Type.MAILB})
  void transfersAreNotImplemented(int type) throws IOException {
    assertThat(ask("example.org.", type).getRcode()).isEqualTo(Rcode.NOTIMP);
  }

  // EDNS

  @Test
  void whoHasNoEdnsGetsNone() throws IOException {
    assertThat(ask("www.example.org.", Type.A).getOPT()).isNull();
  }

  @Test
  void whoHasEdnsIsToldOurSizeAndItsFlag() throws IOException {
    Message query = query("www.example.org.", Type.A);
    query.addRecord(new OPTRecord(4_096, 0, 0, ExtendedFlags.DO), Section.ADDITIONAL);

    OPTRecord edns = ask(query).getOPT();

    assertThat(edns.getPayloadSize()).isEqualTo(UDP_SIZE);
    assertThat(edns.getVersion()).isZero();
    assertThat(edns.getFlags()).isEqualTo(ExtendedFlags.DO);
    assertThat(ask(edns("www.example.org.", Type.A, 4_096)).getOPT().getFlags()).isZero();
  }

  @Test
  void anotherVersionOfEdnsIsBadversAndNoAnswer() throws IOException {
    Message query = query("www.example.org.", Type.A);
    query.addRecord(new OPTRecord(UDP_SIZE, 0, 1), Section.ADDITIONAL);

    Message response = ask(query);

    assertThat(response.getRcode()).isEqualTo(Rcode.BADVERS);
    assertThat(response.getOPT().getVersion()).isZero();
    assertThat(records(response, Section.ANSWER)).isEmpty();
    assertThat(responder.counts().answered(Rcode.BADVERS)).isEqualTo(1);
  }

  @Test
  void twoOfThemAreMalformed() {
    Message query = edns("www.example.org.", Type.A, UDP_SIZE);
    query.addRecord(new OPTRecord(UDP_SIZE, 0, 0), Section.ADDITIONAL);

    assertRefused(query.toWire(), Opcode.QUERY, Rcode.FORMERR);
  }

  @Test
  void oneThatIsNotAtTheRootIsMalformed() {
    Message query = query("www.example.org.", Type.A);
    Record elsewhere =
        new OPTRecord(UDP_SIZE, 0, 0).withName(Name.fromConstantString("example.org."));
    query.addRecord(elsewhere, Section.ADDITIONAL);

    assertRefused(query.toWire(), Opcode.QUERY, Rcode.FORMERR);
  }

  /** Size by EDNS, 0 for none; then how much an answer may have, and whether that is enough. */
  @ParameterizedTest
  @CsvSource({
    "pool, 40, 0, 512, false",
    "pool, 40, 100, 512, false",
    "pool, 40, 512, 512, false",
    "pool, 40, 700, 700, true",
    "pool, 40, 4096, 1232, true",
    "crowd, 100, 1232, 1232, false",
    "crowd, 100, 65535, 1232, false"
  })
  void anAnswerThatDoesNotFitSaysSo(String host, int count, int size, int longest, boolean fits)
      throws IOException {
    String name = host + ".example.org.";
    Message query = size == 0 ? query(name, Type.A) : edns(name, Type.A, size);

    Message response = ask(query);

    assertThat(response.numBytes()).isLessThanOrEqualTo(longest);
    assertThat(response.getHeader().getFlag(Flags.TC)).isEqualTo(!fits);
    assertThat(response.getSection(Section.ANSWER)).hasSize(fits ? count : 0); // no half sets
    assertThat(response.getOPT() != null).isEqualTo(size > 0);
    assertThat(responder.counts().truncated()).isEqualTo(fits ? 0 : 1);
  }

  // What is no question

  @Test
  void anAnswerIsNotAnswered() {
    byte[] query = query("www.example.org.", Type.A).toWire();
    byte[] answer = answer(query).orElseThrow();
    query[2] |= (byte) 0x80; // a question that says it is one

    assertThat(answer(answer)).isEmpty();
    assertThat(answer(query)).isEmpty();
    assertThat(responder.counts().ignored()).isEqualTo(2);
  }

  @Test
  void whatHasNoHeaderIsNotAnswered() {
    byte[] query = query("www.example.org.", Type.A).toWire();

    for (int length = 0; length < 12; length++) {
      assertThat(answer(Arrays.copyOf(query, length))).isEmpty();
    }
    assertThat(responder.counts().ignored()).isEqualTo(12);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
  void otherOperationsAreNotImplemented(int opcode) {
    Message query = query("www.example.org.", Type.A);
    query.getHeader().setOpcode(opcode);

    assertRefused(query.toWire(), opcode, Rcode.NOTIMP);
    assertRefused(Arrays.copyOf(query.toWire(), 12), opcode, Rcode.NOTIMP);
  }

  /** A header alone, and in it nothing but what belongs to it. */
  private void assertRefused(byte[] message, int opcode, int rcode) {
    byte[] answer = answer(message).orElseThrow();

    assertThat(answer).hasSize(12).startsWith(message[0], message[1]);
    assertThat(HexFormat.of().formatHex(answer, 2, 12))
        .isEqualTo("%02x%02x0000000000000000".formatted(0x81 | (opcode << 3), rcode));
    assertThat(responder.counts().answered(rcode)).isPositive();
  }

  /** Flags of a query with RD, then the four counts, then what follows the header. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a pointer to itself | 0100 0001 0000 0000 0000 | c00c 0001 0001",
        "a pointer ahead | 0100 0001 0000 0000 0000 | c010 0001 0001 00",
        "two that point to each other | 0100 0001 0000 0000 0000 | c00e c00c 0001 0001",
        "a label and a pointer to it | 0100 0001 0000 0000 0000 | 0161 c00c 0001 0001",
        "a pointer behind the end | 0100 0001 0000 0000 0000 | ffff 0001 0001",
        "a pointer into the header | 0100 0001 0000 0000 0000 | c000 0001",
        "half a pointer | 0100 0001 0000 0000 0000 | c0",
        "a reserved kind of label | 0100 0001 0000 0000 0000 | 4000 0001 0001",
        "a label without an end | 0100 0001 0000 0000 0000 | 3f61 6263",
        "no class | 0100 0001 0000 0000 0000 | 00 0001",
        "no question | 0100 0000 0000 0000 0000 | ''",
        "no question, and one all the same | 0100 0000 0000 0000 0000 | 00 0001 0001",
        "two questions | 0100 0002 0000 0000 0000 | 00 0001 0001 00 0001 0001",
        "more than are there | 0100 ffff ffff ffff ffff | ''",
        "an answer in a question | 0100 0001 0001 0000 0000 | 00 0001 0001" + RECORD,
        "an authority in a question | 0100 0001 0000 0001 0000 | 00 0001 0001" + RECORD,
        "three additional | 0100 0001 0000 0000 0003 | 00 0001 0001" + RECORD + RECORD + RECORD,
        "an additional one that is not there | 0100 0001 0000 0000 0001 | 00 0001 0001",
        "cut off | 0300 0001 0000 0000 0000 | 00 0001 0001",
        "more than was announced | 0100 0001 0000 0000 0000 | 00 0001 0001 00",
        "an OPT longer than the message | 0100 0001 0000 0000 0001 | 00 0001 0001 00 0029 04d0"
            + " 00000000 ffff",
        "an option longer than its OPT | 0100 0001 0000 0000 0001 | 00 0001 0001 00 0029 04d0"
            + " 00000000 0004 000a ffff",
        "a cookie of one byte | 0100 0001 0000 0000 0001 | 00 0001 0001 00 0029 04d0 00000000"
            + " 0005 000a 0001 00",
        "an address of three bytes | 0100 0001 0000 0000 0001 | 00 0001 0001 00 0001 0001"
            + " 00000000 0003 010203"
      })
  void whatIsMalformedIsAnsweredSo(String what, String header, String rest) {
    String hex = ("1234" + header + rest).replace(" ", "");

    assertRefused(HexFormat.of().parseHex(hex), Opcode.QUERY, Rcode.FORMERR);
    assertThat(responder.counts().answered()).as(what).isEqualTo(1);
  }

  /** Each points to the one before it, which the rules allow; the first to the question's name. */
  @Test
  void aLongChainOfPointersEndsToo() throws IOException {
    int count = 500;
    int chain = 28; // where it begins
    ByteBuffer message = ByteBuffer.allocate(chain + 2 * count + 16);
    message.putShort((short) 1).putShort((short) 0x0100);
    message.putShort((short) 1).putShort((short) 0).putShort((short) 0).putShort((short) 2);
    message.put((byte) 0).putShort((short) Type.A).putShort((short) DClass.IN);
    message.put((byte) 0).putShort((short) Type.NULL).putShort((short) DClass.IN).putInt(0);
    message.putShort((short) (2 * count));
    for (int i = 0; i < count; i++) {
      message.putShort((short) (0xc000 | (i == 0 ? 12 : chain + 2 * (i - 1))));
    }
    message.putShort((short) (0xc000 | (chain + 2 * (count - 1))));
    message.putShort((short) Type.A).putShort((short) DClass.IN).putInt(0);
    message.putShort((short) 4).putInt(0);

    Message response = new Message(answer(message.array()).orElseThrow());

    assertThat(response.getRcode()).isEqualTo(Rcode.REFUSED); // the name is the root's
  }

  @Test
  void recursionIsNotOfferedNorSaidToBeWanted() throws IOException {
    Message query = query("www.example.org.", Type.A);
    query.getHeader().unsetFlag(Flags.RD);

    Message response = new Message(answer(query.toWire()).orElseThrow());

    assertThat(response.getHeader().getFlag(Flags.RD)).isFalse();
    assertThat(response.getHeader().getFlag(Flags.RA)).isFalse();
  }

  @Test
  void allOfItIsCounted() throws IOException {
    ask("www.example.org.", Type.A);
    ask("www.example.org.", Type.AAAA);
    ask("nobody.example.org.", Type.A);
    ask("pool.example.org.", Type.A);
    answer(new byte[3]);

    assertThat(responder.counts())
        .hasToString("answered 4 (NOERROR 3, NXDOMAIN 1), truncated 1, ignored 1");
    assertThat(List.of(responder.counts().answered(), responder.counts().ignored()))
        .containsExactly(4L, 1L);
  }
}
