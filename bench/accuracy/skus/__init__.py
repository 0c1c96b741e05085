"""How well an embedder knows SKUs: unseen products, shelf to shelf, and when it should not know.

`groups` says who judges what and proves that it never saw it, `products` and `facings` read the
truth, `draws` chooses references and asks the gallery, `figures` counts, `counting` goes end to
end, `speed` times, `report` and `sheet` show it.
"""
