"""What follows in the warehouse from other rows of it: shops, chains and days."""

from storage.warehouse import Connection


def settle(connection: Connection) -> None:
    """Say of scenes what follows from other rows, then make the dimensions that follow from them.

    The chain of a shop is the one that its newest visit named; scenes that name none have it.
    """
    for statement in _SETTLING:
        connection.execute(statement)


_SETTLING = (
    "DELETE FROM shops",
    """INSERT INTO shops BY NAME
       SELECT v.shop, arg_max(v.shop_name, v.visit_id) AS name,
              arg_max(v.shop_area, v.visit_id) AS area,
              arg_max(s.chain, v.visit_id) AS chain,
              arg_max(v.latitude, v.visit_id) AS latitude,
              arg_max(v.longitude, v.visit_id) AS longitude, count(*) AS visits
       FROM visits v
       LEFT JOIN (SELECT visit_id, arg_max(retail_chain, scene_id) AS chain
                  FROM scenes GROUP BY visit_id) s USING (visit_id)
       WHERE v.shop IS NOT NULL GROUP BY v.shop ORDER BY v.shop""",
    """UPDATE scenes SET shop = v.shop FROM visits v
       WHERE v.visit_id = scenes.visit_id AND scenes.shop IS DISTINCT FROM v.shop""",
    """UPDATE scenes SET chain = coalesce(scenes.retail_chain, s.chain) FROM (
           SELECT c.scene_id, p.chain FROM scenes c LEFT JOIN shops p ON p.shop = c.shop) s
       WHERE s.scene_id = scenes.scene_id
         AND scenes.chain IS DISTINCT FROM coalesce(scenes.retail_chain, s.chain)""",
    "DELETE FROM chains",
    """INSERT INTO chains BY NAME
       SELECT chain, count(DISTINCT shop) AS shops, count(*) AS scenes
       FROM scenes WHERE chain IS NOT NULL GROUP BY chain ORDER BY chain""",
    "DELETE FROM days",
    """INSERT INTO days BY NAME
       SELECT day, strftime(day, '%G-W%V') AS week, strftime(day, '%Y-%m') AS month,
              year(day) || '-Q' || quarter(day) AS quarter, year(day) AS year,
              isodow(day) AS weekday
       FROM (SELECT unnest(range(min(day), max(day) + INTERVAL 1 DAY, INTERVAL 1 DAY))::DATE AS day
             FROM scenes)
       ORDER BY day""",
)
