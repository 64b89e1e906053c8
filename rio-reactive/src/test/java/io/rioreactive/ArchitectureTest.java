package io.rioreactive;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The arrows between the packages:
 *
 * <pre>
 * micrometer ──▶ io.rioreactive ──▶ hook ──▶ kernel ◀── kernel.linux, kernel.windows ──▶ ffm
 *                   │   │   └──────────────────▶ ▲ ◀──── kernel.nio
 *                   │   └─▶ jfr, pcap
 *                   └─ (class Providers) ─▶ kernel.linux, kernel.windows, kernel.nio
 * blockhound
 * </pre>
 */
@Tag("once")
class ArchitectureTest {

  private static final String API = "io.rioreactive";
  private static final String HOOK = "io.rioreactive.hook";
  private static final String KERNEL = "io.rioreactive.kernel";
  private static final String LINUX = "io.rioreactive.kernel.linux";
  private static final String WINDOWS = "io.rioreactive.kernel.windows";
  private static final String NIO = "io.rioreactive.kernel.nio";
  private static final String FFM = "io.rioreactive.ffm";
  private static final String JFR = "io.rioreactive.jfr";
  private static final String PCAP = "io.rioreactive.pcap";
  private static final String MICROMETER = "io.rioreactive.micrometer";
  private static final String BLOCKHOUND = "io.rioreactive.blockhound";
  private static final String OURS = "io.rioreactive..";

  private static final JavaClasses CLASSES =
      new ClassFileImporter().importPath(Path.of("target/classes"));

  /** A package may use itself and these of ours, and no other of ours. */
  private static void assertUses(String from, String... targets) {
    String[] allowed = Stream.concat(Stream.of(from), Stream.of(targets)).toArray(String[]::new);
    noClasses()
        .that()
        .resideInAPackage(from)
        .and()
        .areNotAssignableTo(Providers.class)
        .and(not(isNestedIn(Providers.class)))
        .should()
        .dependOnClassesThat(resideInAPackage(OURS).and(not(resideInAnyPackage(allowed))))
        .check(CLASSES);
  }

  private static DescribedPredicate<JavaClass> isNestedIn(Class<?> outer) {
    return DescribedPredicate.describe(
        "nested in " + outer.getSimpleName(),
        inner -> inner.getName().startsWith(outer.getName() + "$"));
  }

  @Test
  void allPackagesAreKnownHere() {
    assertThat(CLASSES)
        .extracting(JavaClass::getPackageName)
        .filteredOn(name -> !name.isEmpty()) // module-info
        .containsOnly(
            API, HOOK, KERNEL, LINUX, WINDOWS, NIO, FFM, JFR, PCAP, MICROMETER, BLOCKHOUND);
  }

  @Test
  void theApiUsesKernelHookJfrAndPcap() {
    assertUses(API, KERNEL, HOOK, JFR, PCAP);
  }

  @Test
  void providersAloneNamesTheSystems() {
    noClasses()
        .that()
        .areAssignableTo(Providers.class)
        .or(isNestedIn(Providers.class))
        .should()
        .dependOnClassesThat(
            resideInAPackage(OURS).and(not(resideInAnyPackage(API, KERNEL, LINUX, WINDOWS, NIO))))
        .check(CLASSES);
  }

  @Test
  void theKernelUsesNothingOfOurs() {
    assertUses(KERNEL);
  }

  @Test
  void theHookUsesKernel() {
    assertUses(HOOK, KERNEL);
  }

  @Test
  void linuxUsesKernelAndFfm() {
    assertUses(LINUX, KERNEL, FFM);
  }

  @Test
  void windowsUsesKernelAndFfm() {
    assertUses(WINDOWS, KERNEL, FFM);
  }

  @Test
  void nioUsesKernel() {
    assertUses(NIO, KERNEL);
  }

  @Test
  void ffmUsesNothingOfOurs() {
    assertUses(FFM);
  }

  @Test
  void micrometerUsesTheApi() {
    assertUses(MICROMETER, API);
  }

  @Test
  void jfrPcapAndBlockhoundUseNothingOfOurs() {
    assertUses(JFR);
    assertUses(PCAP);
    assertUses(BLOCKHOUND);
  }

  /** Micrometer and BlockHound may be missing, and JFR too, where nobody has it in the JDK. */
  @Test
  void whatMayBeMissingIsUsedInAPackageOfItsOwn() {
    assertIsUsedIn(MICROMETER, "io.micrometer..");
    assertIsUsedIn(JFR, "jdk.jfr..");
    assertIsUsedIn(BLOCKHOUND, "reactor.blockhound..");
  }

  private static void assertIsUsedIn(String ours, String theirs) {
    noClasses()
        .that()
        .resideOutsideOfPackage(ours)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(theirs)
        .check(CLASSES);
  }

  @Test
  void kernelsAndFfmKnowNoReactor() {
    noClasses()
        .that()
        .resideInAnyPackage(KERNEL + "..", FFM, HOOK, JFR, PCAP)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("reactor..", "org.reactivestreams..")
        .check(CLASSES);
  }

  @Test
  void ffmAloneLinksNativeCode() {
    noClasses()
        .that()
        .resideOutsideOfPackage(FFM)
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.lang.foreign.Linker")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.lang.foreign.SymbolLookup")
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    slices()
        .assignedFrom(
            new SliceAssignment() {
              @Override
              public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
                return SliceIdentifier.of(javaClass.getPackageName());
              }

              @Override
              public String getDescription() {
                return "packages";
              }
            })
        .should()
        .beFreeOfCycles()
        .check(CLASSES);
  }

  @Test
  void whichSystemThisIsIsAskedInOnePlace() throws IOException {
    assertThat(sourcesThatContain("os.name")).containsExactly("Providers.java");
  }

  @Test
  void whichProcessorThisIsIsAskedInOnePlace() throws IOException {
    assertThat(sourcesThatContain("os.arch")).containsExactly("Architecture.java");
  }

  /**
   * The locks there are: of the settings of pump groups, between a wake-up and the close, of what
   * any thread may ask of a socket or of meters, and of what a process does once or shares. None is
   * on the way of a datagram.
   */
  @Test
  void nothingThatADatagramPassesIsLocked() throws IOException {
    assertThat(methodsThatLock())
        .filteredOn(method -> !method.startsWith("PumpGroup."))
        .containsExactlyInAnyOrder(
            "WakeUp.signal",
            "WakeUp.close",
            "CompletionPort.post",
            "CompletionPort.close",
            "RioEventNotification.wake",
            "RioEventNotification.close",
            "DropCounter.read",
            "DropCounter.pause",
            "DropCounter.resume",
            "OpenDescriptor.get",
            "OpenDescriptor.close",
            "PathMtu.ask",
            "PathMtu.stop",
            "Winsock.startOnce",
            "PcapFile.open",
            "MeterSet.bind",
            "MeterSet$Binding.dispose",
            "MeterSet.read");
  }

  private static List<String> methodsThatLock() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : filesUnder("target/classes", ".class")) {
      ClassModel type = ClassFile.of().parse(file);
      String name = file.getFileName().toString().replace(".class", ".");
      for (MethodModel method : type.methods()) {
        if (method.flags().has(AccessFlag.SYNCHRONIZED)
            || method.code().stream()
                .flatMap(CodeModel::elementStream)
                .anyMatch(ArchitectureTest::locks)) {
          found.add(name + method.methodName().stringValue());
        }
      }
    }
    return found;
  }

  private static boolean locks(CodeElement element) {
    return switch (element) {
      case MonitorInstruction _ -> true;
      case InvokeInstruction call ->
          call.owner().asInternalName().startsWith("java/util/concurrent/locks/")
              && !call.owner().asInternalName().endsWith("/LockSupport");
      default -> false;
    };
  }

  private static List<Path> filesUnder(String folder, String ending) throws IOException {
    try (Stream<Path> files = Files.walk(Path.of(folder))) {
      return files.filter(file -> file.toString().endsWith(ending)).toList();
    }
  }

  private static List<String> sourcesThatContain(String text) throws IOException {
    return filesUnder("src/main/java", ".java").stream()
        .filter(file -> read(file).contains(text))
        .map(file -> file.getFileName().toString())
        .toList();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
