"""croissant.json: what a release is, in the JSON-LD of MLCommons' Croissant 1.1, and our own check of it.

mlcroissant accepts metadata without a name, and a wrong sum of a file at hand; we do not.
Source: Croissant 1.1 specification; context as mlcroissant 1.1.1 writes it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from queues.export.files.written import Written
from queues.export.row import Record

CONTEXT: Record = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "name": {"@container": "@language"},
    "parentField": "cr:parentField",
    "path": "cr:path",
    "prov": "http://www.w3.org/ns/prov#",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
CONFORMS_TO = "http://mlcommons.org/croissant/1.1"
_REQUIRED = ("name", "url", "description", "creator", "license", "datePublished", "version", "distribution")
_MEDIA = {
    ".jsonl": "application/jsonlines",
    ".parquet": "application/vnd.apache.parquet",
    ".gz": "application/gzip",
    ".csv": "text/csv",
}


def metadata_of(
    manifest: Record,
    *,
    description: str,
    url: str,
    creator: str,
    rows: Sequence[Written],
    files: Sequence[Written],
) -> Record:
    """The metadata of a release. rows: its files of records; url: of its page."""
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS_TO,
        "name": manifest["dataset"],
        "description": description,
        "url": url,
        "citeAs": f"{manifest['dataset']}@{manifest['version']}, {creator}",
        "license": _licence(manifest["licences"]),
        "version": manifest["version"],
        "datePublished": manifest["created_at"][:10],
        "creator": {"@type": "sc:Organization", "name": creator},
        "distribution": [_file(file) for file in files],
        "recordSet": [_record_set(manifest, file) for file in rows],
        "prov:wasDerivedFrom": [f"{url}#{parent}" for parent in manifest["parents"]],
        "prov:wasGeneratedBy": f"reviewapp, {manifest['code_version']}",
        "rai:dataAnnotationProtocol": _protocol(manifest),
        "rai:annotationsPerItem": str(manifest["reviews_per_row"]),
        "rai:machineAnnotationTools": [],
    }


def fault_in(metadata: Mapping[str, Any], sums: Mapping[str, str]) -> str | None:
    """The code of the first thing wrong with it; None when it may be published. sums: path → SHA-256."""
    for name in _REQUIRED:
        if not metadata.get(name):
            return f"croissant.missing.{name}"
    files = {file["@id"]: file for file in metadata["distribution"]}
    if any(file.get("sha256") != sums.get(file.get("contentUrl", "")) for file in files.values()):
        return "croissant.sha256_mismatch"
    dangling = any(reference not in files for reference in _references(metadata))
    return "croissant.dangling_reference" if dangling else None


def _references(metadata: Mapping[str, Any]) -> Iterator[str]:
    """The files that the fields of all record sets say they come from."""
    for record_set in metadata.get("recordSet", ()):
        for field in record_set.get("field", ()):
            for one in field.get("subField") or (field,):
                yield one.get("source", {}).get("fileObject", {}).get("@id", "")


def _licence(licences: Mapping[str, int]) -> list[str]:
    return [name if name == "unknown" else f"https://spdx.org/licenses/{name}" for name in licences]


def _file(file: Written) -> Record:
    return {
        "@type": "cr:FileObject",
        "@id": file.name,
        "name": file.name,
        "contentUrl": file.name,
        "contentSize": f"{file.bytes} B",
        "encodingFormat": _MEDIA.get(file.path.suffix, "application/octet-stream"),
        "sha256": file.sha256,
    }


def _record_set(manifest: Record, rows: Written) -> Record:
    fields = [_field(rows, name, kind) for name, kind in manifest["columns"].items() if kind != "json"]
    return {"@type": "cr:RecordSet", "@id": rows.path.stem, "name": rows.path.stem, "field": fields}


def _field(rows: Written, name: str, kind: str | Sequence[str]) -> Record:
    """A column of texts, of booleans, or of messages with these keys. Others have no place in Croissant."""
    at = f"{rows.path.stem}/{name}"
    head = {"@type": "cr:Field", "@id": at, "name": at}
    if isinstance(kind, str):
        data_type = "sc:Boolean" if kind == "boolean" else "sc:Text"
        return {**head, "dataType": data_type, "source": _source(rows, name)}
    return {**head, "repeated": True, "subField": [_sub_field(rows, name, key) for key in kind]}


def _sub_field(rows: Written, name: str, key: str) -> Record:
    at = f"{rows.path.stem}/{name}/{key}"
    source = {**_source(rows, name), "transform": {"jsonPath": f"$[*].{key}"}}
    return {"@type": "cr:Field", "@id": at, "name": at, "dataType": "sc:Text", "source": source}


def _source(rows: Written, column: str) -> Record:
    return {"fileObject": {"@id": rows.name}, "extract": {"column": column}}


def _protocol(manifest: Record) -> str:
    forms, basis = (", ".join(manifest[name]) for name in ("form_versions", "basis"))
    return f"Reviewed by people under the forms {forms}; settled as {basis}."
