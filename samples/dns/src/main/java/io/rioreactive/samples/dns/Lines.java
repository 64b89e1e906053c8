package io.rioreactive.samples.dns;

import java.io.InputStream;
import java.util.Objects;

/**
 * A text that knows how far it has been read: a read ends with its line, so a reader that buffers
 * gets no further ahead than that. dnsjava has a line number of its own, in the messages of some of
 * its exceptions; where a line ends too early it is that of the next one.
 */
final class Lines extends InputStream {

  private final byte[] text;
  private int position;
  private int line;

  Lines(byte[] text) {
    this.text = text;
  }

  /** The line that was read last, from 1; 1 before the first read. */
  int line() {
    return Math.max(line, 1);
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] target, int offset, int count) {
    Objects.checkFromIndexSize(offset, count, target.length);
    if (position == text.length) {
      return -1;
    }
    if (position == 0 || text[position - 1] == '\n') {
      line++;
    }
    int end = Math.min(endOfLine(), position + count);
    int length = end - position;
    System.arraycopy(text, position, target, offset, length);
    position = end;
    return length;
  }

  /** Behind its line feed. */
  private int endOfLine() {
    int end = position;
    while (end < text.length && text[end] != '\n') {
      end++;
    }
    return Math.min(end + 1, text.length);
  }
}
