package io.hightower.kv.engine.planted;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/**
 * Makes builds of the store in memory: with a bug, or without one, and with the tests that look for bugs. <b>Confined to one
 * thread.</b>
 */
final class TestBuild implements AutoCloseable {
    private static final List<String> TEST_SOURCES =
            List.of("storage/src/test/java", "replication-local/src/test/java");

    private static final String TEST_RESOURCES = "storage/src/test/resources";

    private final Path root = root();
    private final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    private final StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8);
    private final Map<String, byte[]> tests;

    /**
     * Compiles the tests that are not on the class path of this module.
     *
     * @param testClasses all tests that will be run, by the full names of their classes
     */
    TestBuild(Collection<String> testClasses) throws IOException {
        List<Path> roots = TEST_SOURCES.stream().map(root::resolve).toList();
        files.setLocationFromPaths(StandardLocation.SOURCE_PATH, roots);
        Set<Path> sources = new TreeSet<>();
        for (String testClass : testClasses) {
            String file = testClass.replace('.', '/') + ".java";
            roots.stream()
                    .map(source -> source.resolve(file))
                    .filter(Files::exists)
                    .forEach(sources::add);
        }
        List<JavaFileObject> units = new ArrayList<>();
        files.getJavaFileObjectsFromPaths(sources).forEach(units::add);
        this.tests = compile(units);
        files.setLocationFromPaths(StandardLocation.SOURCE_PATH, List.of());
    }

    /** Returns the directory of the project; the tests run in that of a module, or in it. */
    private static Path root() {
        Path present = Path.of("").toAbsolutePath();
        while (present != null && !Files.isDirectory(present.resolve(TEST_SOURCES.get(0)))) {
            present = present.getParent();
        }
        if (present == null) {
            throw new IllegalStateException("The sources of the project are not there");
        }
        return present;
    }

    /** Returns a file of the project as text. */
    String read(String file) throws IOException {
        return Files.readString(root.resolve(file));
    }

    /** Returns a loader of the store as it is. */
    ClassLoader unchanged() {
        return new BuildLoader(root.resolve(TEST_RESOURCES), tests, Map.of());
    }

    /**
     * Returns a loader of the store with a bug.
     *
     * @throws IllegalArgumentException if what is to be changed is not there exactly once, or the change does not compile
     */
    ClassLoader with(PlantedBug bug) throws IOException {
        String source = read(bug.source());
        for (PlantedBug.Edit edit : bug.edits()) {
            int at = source.indexOf(edit.original());
            if (at < 0 || source.indexOf(edit.original(), at + 1) >= 0) {
                throw new IllegalArgumentException(
                        "The text is not there exactly once, so the catalogue must follow the" + " source: source="
                                + bug.source() + " text=" + edit.original());
            }
            source = source.substring(0, at)
                    + edit.planted()
                    + source.substring(at + edit.original().length());
        }
        return new BuildLoader(
                root.resolve(TEST_RESOURCES),
                tests,
                compile(List.of(new ChangedSource(root.resolve(bug.source()), source))));
    }

    private Map<String, byte[]> compile(Collection<? extends JavaFileObject> units) {
        Map<String, ByteArrayOutputStream> written = new HashMap<>();
        StringWriter messages = new StringWriter();
        List<String> options = List.of("-proc:none", "-nowarn", "-implicit:class");
        boolean compiled = units.isEmpty()
                || compiler.getTask(messages, new MemoryFiles(files, written), null, options, null, units)
                        .call();
        if (!compiled) {
            throw new IllegalArgumentException("The changed source does not compile: " + messages);
        }
        Map<String, byte[]> classes = new HashMap<>();
        written.forEach((name, bytes) -> classes.put(name, bytes.toByteArray()));
        return classes;
    }

    @Override
    public void close() throws IOException {
        files.close();
    }

    /** A source that is not on the disk. */
    private static final class ChangedSource extends SimpleJavaFileObject {
        private final String content;

        ChangedSource(Path path, String content) {
            super(path.toUri(), Kind.SOURCE);
            this.content = content;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return content;
        }
    }

    /** Keeps what the compiler writes. */
    private static final class MemoryFiles extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, ByteArrayOutputStream> written;

        MemoryFiles(JavaFileManager files, Map<String, ByteArrayOutputStream> written) {
            super(files);
            this.written = written;
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            written.put(className, bytes);
            return new SimpleJavaFileObject(URI.create("memory:///" + className.replace('.', '/')), kind) {
                @Override
                public OutputStream openOutputStream() {
                    return bytes;
                }
            };
        }
    }

    /**
     * Loads everything of the store anew, so that nothing of one build is seen by another. What builds have in common,
     * libraries, and the state machine unless the bug is in it, is that of the test itself.
     */
    private static final class BuildLoader extends ClassLoader {
        private static final String PROJECT = "io.hightower.kv.";
        private static final String STATEMACHINE = "io.hightower.kv.statemachine.";

        private final Path resources;
        private final Map<String, byte[]> tests;
        private final Map<String, byte[]> changed;
        private final boolean isStatemachineCommon;

        BuildLoader(Path resources, Map<String, byte[]> tests, Map<String, byte[]> changed) {
            super(BuildLoader.class.getClassLoader());
            this.resources = resources;
            this.tests = tests;
            this.changed = changed;
            this.isStatemachineCommon = changed.keySet().stream().noneMatch(name -> name.startsWith(STATEMACHINE));
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(PROJECT) || (isStatemachineCommon && name.startsWith(STATEMACHINE))) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? define(name) : loaded;
            }
        }

        @Override
        protected URL findResource(String name) {
            Path file = resources.resolve(name);
            try {
                return Files.exists(file) ? file.toUri().toURL() : null;
            } catch (MalformedURLException e) {
                throw new UncheckedIOException(e);
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            byte[] bytes = changed.get(name);
            if (bytes == null) {
                bytes = tests.get(name);
            }
            if (bytes == null) {
                bytes = original(name);
            }
            return defineClass(name, bytes, 0, bytes.length);
        }

        private byte[] original(String name) throws ClassNotFoundException {
            try (var stream = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (stream == null) {
                    throw new ClassNotFoundException(name);
                }
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
