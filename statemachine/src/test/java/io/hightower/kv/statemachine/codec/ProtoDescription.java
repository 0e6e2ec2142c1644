package io.hightower.kv.statemachine.codec;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The messages that {@code src/main/proto/hightower.proto} describes, read without the protobuf compiler, whose native
 * program a build would have to fetch for each platform. Understands what that file uses: messages, oneofs, enums, and
 * fields that are optional or repeated. Everything else is refused.
 */
final class ProtoDescription {
    private static final Path FILE = Path.of(System.getProperty("basedir", ""), "src/main/proto/hightower.proto");
    private static final Pattern COMMENT = Pattern.compile("//[^\n]*");
    private static final Pattern TOKEN = Pattern.compile("\"[^\"]*\"|\\w+|[^\\s\\w]");

    private final Iterator<String> tokens;
    private final Set<String> enums = new HashSet<>();
    private final FileDescriptorProto.Builder file = FileDescriptorProto.newBuilder();

    private ProtoDescription(String text) {
        List<String> found = new ArrayList<>();
        Matcher matcher = TOKEN.matcher(COMMENT.matcher(text).replaceAll(""));
        while (matcher.find()) {
            found.add(matcher.group());
        }
        this.tokens = found.iterator();
    }

    /** Reads the file and lets the protobuf library check it. */
    static FileDescriptor read() throws IOException, DescriptorValidationException {
        ProtoDescription description = new ProtoDescription(Files.readString(FILE));
        description.readFile();
        return FileDescriptor.buildFrom(description.withEnumFields(), new FileDescriptor[0]);
    }

    /** Returns one message of the file. */
    static Descriptor message(String name) {
        try {
            return read().findMessageTypeByName(name);
        } catch (IOException | DescriptorValidationException e) {
            throw new AssertionError("The description cannot be read: file=" + FILE, e);
        }
    }

    private void readFile() {
        while (tokens.hasNext()) {
            String word = tokens.next();
            switch (word) {
                case "syntax" -> {
                    expect("=");
                    file.setSyntax(tokens.next().replace("\"", ""));
                    expect(";");
                }
                case "package" -> {
                    file.setPackage(tokens.next());
                    expect(";");
                }
                case "option" -> skipStatement();
                case "message" -> file.addMessageType(readMessage());
                case "enum" -> file.addEnumType(readEnum());
                default -> throw new AssertionError("Unknown word in the description: " + word);
            }
        }
    }

    private DescriptorProto readMessage() {
        DescriptorProto.Builder message = DescriptorProto.newBuilder().setName(tokens.next());
        expect("{");
        for (String word = tokens.next(); !word.equals("}"); word = tokens.next()) {
            if (word.equals("oneof")) {
                message.addOneofDeclBuilder().setName(tokens.next());
                expect("{");
                for (String inner = tokens.next(); !inner.equals("}"); inner = tokens.next()) {
                    message.addField(readField(inner).setOneofIndex(message.getOneofDeclCount() - 1));
                }
            } else {
                message.addField(readField(word));
            }
        }
        // The compiler hands a lone optional field to the library as a oneof of its own, behind the real ones.
        for (FieldDescriptorProto.Builder field : message.getFieldBuilderList()) {
            if (field.getProto3Optional()) {
                field.setOneofIndex(message.getOneofDeclCount());
                message.addOneofDeclBuilder().setName("_" + field.getName());
            }
        }
        return message.build();
    }

    private FieldDescriptorProto.Builder readField(String first) {
        FieldDescriptorProto.Builder field =
                FieldDescriptorProto.newBuilder().setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL);
        String type = first;
        if (first.equals("repeated") || first.equals("optional")) {
            type = tokens.next();
            if (first.equals("repeated")) {
                field.setLabel(FieldDescriptorProto.Label.LABEL_REPEATED);
            } else {
                field.setProto3Optional(true);
            }
        }
        switch (type) {
            case "bytes", "bool", "uint32", "uint64", "fixed64" ->
                field.setType(FieldDescriptorProto.Type.valueOf("TYPE_" + type.toUpperCase(Locale.ROOT)));
            default -> field.setType(FieldDescriptorProto.Type.TYPE_MESSAGE).setTypeName(type);
        }
        field.setName(tokens.next());
        expect("=");
        field.setNumber(Integer.parseInt(tokens.next()));
        expect(";");
        return field;
    }

    private EnumDescriptorProto readEnum() {
        EnumDescriptorProto.Builder description =
                EnumDescriptorProto.newBuilder().setName(tokens.next());
        enums.add(description.getName());
        expect("{");
        for (String word = tokens.next(); !word.equals("}"); word = tokens.next()) {
            expect("=");
            description.addValueBuilder().setName(word).setNumber(Integer.parseInt(tokens.next()));
            expect(";");
        }
        return description.build();
    }

    /** Returns the file after making enum fields of those that name an enum: a name alone does not tell. */
    private FileDescriptorProto withEnumFields() {
        for (DescriptorProto.Builder message : file.getMessageTypeBuilderList()) {
            for (FieldDescriptorProto.Builder field : message.getFieldBuilderList()) {
                if (enums.contains(field.getTypeName())) {
                    field.setType(FieldDescriptorProto.Type.TYPE_ENUM);
                }
            }
        }
        return file.build();
    }

    private void skipStatement() {
        String word = tokens.next();
        while (!word.equals(";")) {
            word = tokens.next();
        }
    }

    private void expect(String expected) {
        String found = tokens.next();
        if (!found.equals(expected)) {
            throw new AssertionError("Unexpected word in the description: expected=" + expected + " found=" + found);
        }
    }
}
