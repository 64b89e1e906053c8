import com.google.googlejavaformat.java.Main;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks or formats every Java source below a folder: {@code Format check|write FOLDER REPORT}. Run
 * as a source file with google-java-format on the class path, so that it needs no build of its own.
 *
 * <p>A check that finds something leaves the list in the file REPORT, which makes the build fail
 * with a sentence; an exit code would add a stack trace of Maven's.
 */
class Format {
  public static void main(String[] args) throws Exception {
    boolean write = args[0].equals("write");
    Path root = Path.of(args[1]);
    Path report = Path.of(args[2]);
    Files.deleteIfExists(report);

    List<String> options = new ArrayList<>();
    options.addAll(write ? List.of("--replace") : List.of("--dry-run"));
    options.addAll(sources(root));
    if (options.size() == 1) {
      return;
    }
    StringWriter names = new StringWriter();
    StringWriter errors = new StringWriter();
    new Main(new PrintWriter(names), new PrintWriter(errors), InputStream.nullInputStream())
        .format(options.toArray(String[]::new));
    if (write) {
      System.err.print(errors);
    } else if (!names.toString().isEmpty()) {
      // A source that cannot be parsed is left to the compiler, which explains it better.
      System.err.print("Not formatted:\n" + names);
      Files.writeString(report, names.toString());
    }
  }

  private static List<String> sources(Path root) throws IOException {
    List<String> sources = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            String name = folder.getFileName().toString();
            boolean skip = name.equals("target") || (name.startsWith(".") && !folder.equals(root));
            return skip ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".java")) {
              sources.add(file.toString());
            }
            return FileVisitResult.CONTINUE;
          }
        });
    sources.sort(null);
    return sources;
  }
}
