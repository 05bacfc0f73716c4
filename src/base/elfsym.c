/*
 * elfsym.c - the symbol tables of /proc/self/exe and of shared libraries, each as
 * two sorted arrays.
 *
 * A library counts if it has a full table: those of the system are stripped, and
 * their exported names alone would be taken for functions that lie before them.
 *
 * A file stays mapped (the kernel refuses writes to a running executable,
 * so it cannot change under us) and names point into the mapping.  Every
 * offset in the file is checked before it is followed: a damaged table gives
 * "?" and never a crash.  64-bit ELF of the machine's own byte order only.
 *
 * Symbols may nest or overlap (aliases, hand-written assembly), so an entry
 * also knows the furthest end of all before it, which bounds the way back from
 * the last one that starts at or before the address.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "elfsym.h"

#include <elf.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "loaded.h"

struct symbol {
    uint64_t start, end; /* end 0 while reading: the symbol has no size */
    uint64_t end_before; /* largest end of this and all earlier symbols */
    uint64_t limit;      /* end of its section */
    const char *name;
    bool local;
};

struct table {
    struct symbol *symbol;
    size_t count;
};

struct image {
    const uint8_t *file;
    size_t size;
    struct table functions, objects;
};

/* By the numbers of loaded.h: the program is the first. */
static struct image image[HD_OBJECTS_MAX];
static unsigned images;
static char build_id[129];

/* size bytes of the file at offset, or NULL. */
static const void *part(const struct image *m, uint64_t offset, uint64_t size)
{
    if (offset > m->size || size > m->size - offset || offset % 4 != 0)
        return NULL;
    return m->file + offset;
}

static const Elf64_Ehdr *header(const struct image *m)
{
    const Elf64_Ehdr *h = part(m, 0, sizeof *h);
    if (!h || memcmp(h->e_ident, ELFMAG, SELFMAG) != 0 ||
        h->e_ident[EI_CLASS] != ELFCLASS64 ||
        h->e_shentsize != sizeof(Elf64_Shdr) ||
        h->e_phentsize != sizeof(Elf64_Phdr))
        return NULL;
    return h;
}

static const Elf64_Shdr *section_of_type(const Elf64_Ehdr *h,
                                         const Elf64_Shdr *sections, uint32_t type)
{
    for (unsigned i = 0; i < h->e_shnum; i++)
        if (sections[i].sh_type == type)
            return &sections[i];
    return NULL;
}

/* By address; at one address the name to keep comes first. */
static int symbol_order(const void *pa, const void *pb)
{
    const struct symbol *a = pa, *b = pb;
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    if (a->local != b->local)
        return a->local ? 1 : -1;
    size_t na = strlen(a->name), nb = strlen(b->name);
    if (na != nb)
        return na < nb ? -1 : 1;
    return strcmp(a->name, b->name);
}

/* Sorts, keeps one name per address, and settles where each symbol ends. */
static void table_finish(struct table *t)
{
    if (t->count == 0)
        return;
    qsort(t->symbol, t->count, sizeof *t->symbol, symbol_order);
    size_t kept = 0;
    for (size_t i = 0; i < t->count; i++) {
        struct symbol *s = &t->symbol[i];
        struct symbol *last = kept > 0 ? &t->symbol[kept - 1] : NULL;
        if (!last || last->start != s->start)
            t->symbol[kept++] = *s;
        else if (last->end < s->end)
            last->end = s->end;
    }
    t->count = kept;
    uint64_t furthest = 0;
    for (size_t i = 0; i < kept; i++) {
        struct symbol *s = &t->symbol[i];
        if (s->end == 0) { /* assembly without .size: up to the next symbol */
            s->end = s->limit;
            if (i + 1 < kept && s[1].start < s->end)
                s->end = s[1].start;
        }
        furthest = s->end > furthest ? s->end : furthest;
        s->end_before = furthest;
    }
}

static void table_add(struct table *t, const Elf64_Sym *sym, const char *name,
                      uint64_t limit)
{
    struct symbol *s = &t->symbol[t->count++];
    *s = (struct symbol){
        .start = sym->st_value,
        .limit = limit,
        .name = name,
        .local = ELF64_ST_BIND(sym->st_info) == STB_LOCAL,
    };
    if (sym->st_size > 0 && __builtin_add_overflow(s->start, sym->st_size, &s->end))
        s->end = UINT64_MAX;
}

static void read_symbols(struct image *m, const Elf64_Ehdr *h)
{
    const Elf64_Shdr *sections =
        part(m, h->e_shoff, (uint64_t)h->e_shnum * sizeof *sections);
    if (!sections)
        return;
    const Elf64_Shdr *table = section_of_type(h, sections, SHT_SYMTAB);
    if (!table && m == &image[0])
        table = section_of_type(h, sections, SHT_DYNSYM);
    if (!table || table->sh_link >= h->e_shnum)
        return;
    const Elf64_Sym *sym = part(m, table->sh_offset, table->sh_size);
    const Elf64_Shdr *str = &sections[table->sh_link];
    /* String tables have no alignment, so part() does not do. */
    if (!sym || str->sh_offset > m->size || str->sh_size > m->size - str->sh_offset)
        return;
    const char *names = (const char *)m->file + str->sh_offset;
    if (str->sh_size == 0 || names[str->sh_size - 1] != 0)
        return;
    size_t count = table->sh_size / sizeof *sym;
    m->functions.symbol = calloc(count + 1, sizeof(struct symbol));
    m->objects.symbol = calloc(count + 1, sizeof(struct symbol));
    if (!m->functions.symbol || !m->objects.symbol)
        hd_die("out of memory (%zu symbols)", count);
    for (size_t i = 0; i < count; i++) {
        unsigned type = ELF64_ST_TYPE(sym[i].st_info);
        bool function = type == STT_FUNC || type == STT_GNU_IFUNC;
        if ((!function && type != STT_OBJECT) || sym[i].st_shndx == SHN_UNDEF ||
            sym[i].st_shndx >= h->e_shnum || sym[i].st_name >= str->sh_size ||
            names[sym[i].st_name] == 0)
            continue;
        const Elf64_Shdr *in = &sections[sym[i].st_shndx];
        table_add(function ? &m->functions : &m->objects, &sym[i],
                  names + sym[i].st_name, in->sh_addr + in->sh_size);
    }
    table_finish(&m->functions);
    table_finish(&m->objects);
}

/* Finds the build-id among the notes of one PT_NOTE segment. */
static void read_notes(const struct image *m, const Elf64_Phdr *ph)
{
    uint64_t at = ph->p_offset, end = at + ph->p_filesz;
    uint64_t align = ph->p_align == 8 ? 8 : 4;
    while (end >= at && end - at >= sizeof(Elf64_Nhdr)) {
        const Elf64_Nhdr *n = part(m, at, sizeof *n);
        if (!n)
            return;
        uint64_t name = at + sizeof *n;
        uint64_t desc = name + (n->n_namesz + align - 1) / align * align;
        uint64_t next = desc + (n->n_descsz + align - 1) / align * align;
        const char *owner = part(m, name, n->n_namesz);
        const uint8_t *id = part(m, desc, n->n_descsz);
        if (!owner || !id)
            return;
        if (n->n_type == NT_GNU_BUILD_ID && n->n_namesz == 4 &&
            memcmp(owner, "GNU", 4) == 0 && n->n_descsz < sizeof build_id / 2) {
            for (uint32_t i = 0; i < n->n_descsz; i++) {
                build_id[2 * i] = "0123456789abcdef"[id[i] >> 4];
                build_id[2 * i + 1] = "0123456789abcdef"[id[i] & 15];
            }
            return;
        }
        at = next;
    }
}

static bool map_file(struct image *m, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    struct stat st;
    void *p = MAP_FAILED;
    if (fstat(fd, &st) == 0 && st.st_size > 0)
        p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (p == MAP_FAILED)
        return false;
    m->file = p;
    m->size = (size_t)st.st_size;
    return true;
}

static void read_image(struct image *m, const char *path)
{
    const Elf64_Ehdr *h = map_file(m, path) ? header(m) : NULL;
    if (!h)
        return;
    const Elf64_Phdr *ph = part(m, h->e_phoff, (uint64_t)h->e_phnum * sizeof *ph);
    for (unsigned i = 0; m == &image[0] && ph && i < h->e_phnum && !build_id[0];
         i++)
        if (ph[i].p_type == PT_NOTE)
            read_notes(m, &ph[i]);
    read_symbols(m, h);
}

/* Reads what was loaded since the last time. */
static void load(void)
{
    if (images == 0)
        hd_loaded_update();
    const struct hd_object_file *o;
    while ((o = hd_loaded_at(images)) != NULL) {
        struct image *m = &image[images++];
        read_image(m, m == image ? "/proc/self/exe" : o->path);
    }
}

/* Where a relative address is, and NULL if that is no file. */
static const struct image *image_of(uint64_t *rel)
{
    load();
    uint64_t number = *rel >> HD_OBJECT_BIT;
    *rel &= ((uint64_t)1 << HD_OBJECT_BIT) - 1;
    return number < images ? &image[number] : NULL;
}

static const char *find(const struct table *t, uint64_t address, uint64_t *offset)
{
    /* low: how many symbols start at or before the address. */
    size_t low = 0, high = t->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (t->symbol[middle].start <= address)
            low = middle + 1;
        else
            high = middle;
    }
    uint64_t nowhere;
    offset = offset ? offset : &nowhere;
    for (; low > 0 && t->symbol[low - 1].end_before > address; low--) {
        const struct symbol *s = &t->symbol[low - 1];
        if (s->end > address) {
            *offset = address - s->start;
            return s->name;
        }
    }
    *offset = 0;
    return "?";
}

uint64_t hd_load_base(void)
{
    load();
    return hd_loaded_at(0)->base;
}

static const struct table nothing;

const char *hd_function_at(uint64_t rel_pc, uint64_t *offset)
{
    const struct image *m = image_of(&rel_pc);
    return find(m ? &m->functions : &nothing, rel_pc, offset);
}

const char *hd_global_at(uint64_t rel_addr, uint64_t *offset)
{
    const struct image *m = image_of(&rel_addr);
    return find(m ? &m->objects : &nothing, rel_addr, offset);
}

const char *hd_build_id(void)
{
    load();
    return build_id;
}
