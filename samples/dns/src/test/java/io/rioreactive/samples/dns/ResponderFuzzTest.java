package io.rioreactive.samples.dns;

import static io.rioreactive.samples.dns.Messages.edns;
import static io.rioreactive.samples.dns.Messages.query;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Any bytes at all: no exception, at most one answer, one that can be parsed, is not too long, and
 * is not answered in turn. Most of them are questions with something changed or a record too many,
 * so that they get past the first checks.
 */
@Timeout(120)
class ResponderFuzzTest {

  private static final int MESSAGES = 20_000;
  private static final int UDP_SIZE = 1_232;

  private final List<byte[]> questions = questions();

  private static List<byte[]> questions() {
    List<byte[]> all = new ArrayList<>();
    for (String name :
        List.of("www", "ftp", "docs", "ping", "lab", "any.apps", "_udp", "pool", "nobody")) {
      for (int type : List.of(Type.A, Type.AAAA, Type.MX, Type.TXT, Type.CNAME, Type.ANY)) {
        all.add(query(name + ".example.org.", type).toWire());
        all.add(edns(name + ".example.org.", type, 4_096).toWire());
      }
    }
    Message signed = edns("www.example.org.", Type.A, 512);
    Name key = Name.fromConstantString("key.example.org.");
    signed.addRecord(
        Record.newRecord(key, Type.TSIG, DClass.ANY, 0, new byte[17]), Section.ADDITIONAL);
    all.add(signed.toWire());
    return all;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void whateverComes(long seed) throws Exception {
    Random random = new Random(seed);
    Responder responder = new Responder(ZoneFile.example(), UDP_SIZE);
    for (int i = 0; i < MESSAGES; i++) {
      byte[] message =
          switch (random.nextInt(8)) {
            case 0 -> noise(random);
            case 1, 2 -> withRecord(random);
            default -> changed(random);
          };
      try {
        check(responder, message);
      } catch (AssertionError | IOException | RuntimeException e) {
        throw new AssertionError(
            "seed %d, message %d: %s".formatted(seed, i, HexFormat.of().formatHex(message)), e);
      }
    }
    assertThat(responder.counts().answered(Rcode.NOERROR)).isPositive();
    assertThat(responder.counts().answered(Rcode.FORMERR)).isPositive();
    assertThat(responder.counts().ignored()).isPositive();
  }

  private static byte[] noise(Random random) {
    byte[] bytes = new byte[random.nextInt(600)];
    random.nextBytes(bytes);
    return bytes;
  }

  /** A question with an additional record of any type, in which anything may stand. */
  private byte[] withRecord(Random random) {
    byte[] question = questions.get(random.nextInt(questions.size()));
    int type = random.nextInt(4) == 0 ? random.nextInt(0x10000) : random.nextInt(0x104);
    byte[] data = new byte[random.nextInt(40)];
    random.nextBytes(data);
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) (random.nextBoolean() ? data[i] & 0x0f : data[i]); // lengths that may be
    }
    question = question.clone();
    question[11]++;
    return ByteBuffer.allocate(question.length + 11 + data.length)
        .put(question)
        .put((byte) 0)
        .putShort((short) type)
        .putShort((short) DClass.IN)
        .putInt(0)
        .putShort((short) data.length)
        .put(data)
        .array();
  }

  /** A question with one to four changes, each of a kind that parsers trip over. */
  private byte[] changed(Random random) {
    byte[] bytes = questions.get(random.nextInt(questions.size())).clone();
    for (int changes = random.nextInt(5); changes > 0 && bytes.length > 2; changes--) {
      int at = random.nextInt(bytes.length - 1);
      switch (random.nextInt(7)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt();
        case 2 -> { // a pointer, mostly into the message
          bytes[at] = (byte) (0xc0 | (random.nextInt(4) == 0 ? random.nextInt(64) : 0));
          bytes[at + 1] = (byte) random.nextInt(bytes.length);
        }
        case 3 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
        case 4 -> bytes = Arrays.copyOf(bytes, bytes.length + random.nextInt(40));
        case 5 -> { // one more, or one fewer, of something
          int count = 4 + 2 * random.nextInt(4) + 1;
          if (count < bytes.length) {
            bytes[count] += (byte) (random.nextBoolean() ? 1 : -1);
          }
        }
        default -> { // something from elsewhere in it
          int from = random.nextInt(bytes.length);
          int length = random.nextInt(bytes.length - Math.max(from, at));
          System.arraycopy(bytes, from, bytes, at, length);
        }
      }
    }
    return bytes;
  }

  private static void check(Responder responder, byte[] message) throws IOException {
    Optional<byte[]> reply = responder.answer(ByteBuffer.wrap(message));
    boolean isToBeAnswered = message.length >= 12 && (message[2] & 0x80) == 0;
    assertThat(reply.isPresent()).as("is answered").isEqualTo(isToBeAnswered);
    if (!isToBeAnswered) {
      return;
    }
    byte[] answer = reply.orElseThrow();
    Header asked = new Header(message);
    Message response = new Message(answer);
    assertThat(response.numBytes()).isEqualTo(answer.length);
    assertThat(response.getHeader().getID()).isEqualTo(asked.getID());
    assertThat(response.getHeader().getOpcode()).isEqualTo(asked.getOpcode());
    assertThat(response.getHeader().getFlag(Flags.QR)).isTrue();
    assertThat(answer.length).isLessThanOrEqualTo(response.getOPT() == null ? 512 : UDP_SIZE);
    if (asked.getOpcode() != Opcode.QUERY) {
      assertThat(response.getRcode()).isEqualTo(Rcode.NOTIMP);
    }
    if (response.getRcode() == Rcode.FORMERR || asked.getOpcode() != Opcode.QUERY) {
      assertThat(answer).hasSize(12);
    }
    assertThat(responder.answer(ByteBuffer.wrap(answer))).as("answer to the answer").isEmpty();
  }
}
