package io.rioreactive.kernel.abi;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.rioreactive.ffm.FunctionType;
import io.rioreactive.ffm.NativeLibrary;
import io.rioreactive.ffm.Struct;
import java.lang.foreign.MemoryLayout;
import org.junit.jupiter.api.Test;

/**
 * The tests of the ABI look into certain classes: what they look for is nowhere else. (A number in
 * the middle of some code is one that no test finds.)
 */
class ProvenPlacesTest {

  private static final JavaClasses PROVIDERS =
      new ClassFileImporter()
          .withImportOption(location -> location.contains("io/rioreactive/kernel/"))
          .importUrl(Struct.class.getProtectionDomain().getCodeSource().getLocation());

  @Test
  void layoutsAreMadeInLayoutsAlone() {
    noClasses()
        .that()
        .haveNameNotMatching(".*\\.(Uring)?Layouts")
        .should()
        .callMethodWhere(isCallOf(Struct.class, "of"))
        .orShould()
        .callMethodWhere(isCallOf(MemoryLayout.class, "structLayout"))
        .orShould()
        .callMethodWhere(isCallOf(MemoryLayout.class, "unionLayout"))
        .check(PROVIDERS);
  }

  @Test
  void functionsOfWindowsAreNamedInThreeClasses() {
    noClasses()
        .that()
        .resideInAPackage("io.rioreactive.kernel.windows")
        .and()
        .haveNameNotMatching(".*\\.(Winsock|Kernel32|RioFunctions)")
        .should()
        .callMethodWhere(isCallOf(NativeLibrary.class, "function"))
        .orShould()
        .callMethodWhere(isCallOf(NativeLibrary.class, "variadic"))
        .orShould()
        .callMethodWhere(isCallOf(FunctionType.class, "of"))
        .orShould()
        .callMethodWhere(isCallOf(FunctionType.class, "ofVoid"))
        .check(PROVIDERS);
  }

  private static DescribedPredicate<JavaCall<?>> isCallOf(Class<?> owner, String method) {
    return target(owner(equivalentTo(owner))).and(target(name(method)));
  }
}
